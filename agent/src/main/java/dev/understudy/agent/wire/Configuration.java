// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.timing.Timing;
import java.util.List;

/**
 * What all members of a cluster must agree on besides names, as one text: nodes whose texts differ
 * must not count one another's promises. Checkpoint intervals and the name of a profile are no part
 * of it: they bind nobody.
 *
 * @param text equal for equal times and groups, otherwise different
 */
public record Configuration(String text) {
  private static final char FIELD = ' ';
  private static final char END = '\n';

  /** That of a cluster with those times and groups; the order of the groups counts. */
  public static Configuration of(Timing timing, List<GroupConfig> groups) {
    StringBuilder text = new StringBuilder();
    text.append(timing.beatNanos()).append(FIELD).append(timing.leaseNanos()).append(FIELD);
    text.append(timing.windowNanos()).append(FIELD).append(timing.staggerNanos()).append(FIELD);
    text.append(timing.latenessNanos()).append(FIELD).append(timing.roundTripNanos());
    text.append(FIELD).append(timing.driftPpm()).append(END);
    for (GroupConfig group : groups) {
      text.append(group.workload()).append(FIELD).append(String.join(",", group.members()));
      text.append(FIELD).append(String.join(",", group.runners())).append(FIELD);
      text.append(group.quorum()).append(FIELD).append(group.withoutQuorum()).append(FIELD);
      text.append(group.mirrored() ? "mirror" : "restart").append(END);
    }
    return new Configuration(text.toString());
  }
}
