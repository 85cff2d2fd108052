// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.SplittableRandom;

/** Nodes as most tests want them: with the usual number of takeovers at once, from one seed. */
final class Nodes {
  private Nodes() {}

  static FailoverNode node(
      String name,
      Timing timing,
      List<GroupConfig> groups,
      DurableState durable,
      long startedAtNanos) {
    return new FailoverNode(
        name,
        timing,
        groups,
        durable,
        startedAtNanos,
        FailoverNode.TAKEOVERS_USUAL,
        new SplittableRandom(1));
  }
}
