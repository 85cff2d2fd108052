// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.random.RandomGenerator;

/** What decides on a node: the protocol, or a wrong one that has to be found out. */
public interface ProtocolNode {
  /** As {@link FailoverNode#step}. */
  Outcome step(Input input);

  /** As {@link FailoverNode#views}. */
  List<GroupView> views();

  /** As {@link FailoverNode#mayEnd}. */
  boolean mayEnd();

  /** Makes one for each start of an agent. */
  interface Factory {
    /** The parameters are those of {@link FailoverNode}. */
    ProtocolNode start(
        String self,
        Timing timing,
        List<GroupConfig> groups,
        DurableState durable,
        long startedAt,
        int takeoversAtOnce,
        RandomGenerator random);
  }

  /** The protocol itself. */
  static ProtocolNode real(
      String self,
      Timing timing,
      List<GroupConfig> groups,
      DurableState durable,
      long startedAt,
      int takeoversAtOnce,
      RandomGenerator random) {
    FailoverNode node =
        new FailoverNode(self, timing, groups, durable, startedAt, takeoversAtOnce, random);
    return new ProtocolNode() {
      @Override
      public Outcome step(Input input) {
        return node.step(input);
      }

      @Override
      public List<GroupView> views() {
        return node.views();
      }

      @Override
      public boolean mayEnd() {
        return node.mayEnd();
      }
    };
  }
}
