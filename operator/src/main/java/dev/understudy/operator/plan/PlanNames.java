// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Names of Kubernetes, which may be long, as names in plans, which are short. */
final class PlanNames {
  private static final int START_MOST = 8;

  private PlanNames() {}

  /** A node's: its own where that is short enough. */
  static String node(String name) {
    return name.matches("[a-z][a-z0-9-]{0,15}") ? name : shortened(name, name);
  }

  /** A workload's: of its name and, as other namespaces have that too, a sum over both. */
  static String workload(String key, String name) {
    return shortened(key, name);
  }

  private static String shortened(String whole, String start) {
    CRC32C sum = new CRC32C();
    sum.update(whole.getBytes(StandardCharsets.UTF_8));
    String plain = ("w" + start).replaceAll("[^a-z0-9-]", "").replaceFirst("^w(?=[a-z])", "");
    String head = plain.substring(0, Math.min(START_MOST, plain.length()));
    return head + "-" + Long.toString(sum.getValue(), 36);
  }
}
