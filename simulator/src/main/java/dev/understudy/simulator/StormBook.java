// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Input;
import java.util.Arrays;

/** A node wakes or starts only so many programs at once, until they run or a second is over. */
final class StormBook {
  private static final long SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MIN_VALUE;

  private final World world;

  /** When, by its own clock, a node ordered a workload to run that does not run yet. */
  private final long[][] orderedAt;

  StormBook(World world) {
    this.world = world;
    orderedAt = new long[world.setup().nodes().size()][world.setup().groups().size()];
    for (long[] node : orderedAt) {
      Arrays.fill(node, NEVER);
    }
  }

  void agentStarted(VirtualNode node) {
    Arrays.fill(orderedAt[node.index()], NEVER);
  }

  void took(VirtualNode node, Input input) {
    switch (input) {
      case Input.Running(_, var workload, _) -> over(node, workload);
      case Input.Failed(_, var workload, _, _) -> over(node, workload);
      default -> {}
    }
  }

  private void over(VirtualNode node, String workload) {
    orderedAt[node.index()][world.workload(workload)] = NEVER;
  }

  void commanded(VirtualNode node, Command command, long now) {
    switch (command) {
      case Command.Wake _, Command.Start _ -> {
        orderedAt[node.index()][world.workload(command.workload())] = now;
        count(node, now);
      }
      case Command.ShutGate _ -> over(node, command.workload());
      default -> {}
    }
  }

  private void count(VirtualNode node, long now) {
    int underWay = 0;
    for (long at : orderedAt[node.index()]) {
      underWay += at != NEVER && now - at < SECOND ? 1 : 0;
    }
    if (underWay > world.setup().takeoversAtOnce()) {
      String most = world.setup().takeoversAtOnce() + " may be";
      world.violated("storm", node + " takes " + underWay + " workloads over at once, " + most);
    }
  }
}
