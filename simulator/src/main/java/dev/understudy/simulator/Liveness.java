// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.timing.Timing;
import java.util.Optional;

/** When all is well again: one active for each workload, and the client gets its answers. */
final class Liveness {
  /** Rounds of split votes that end within so many, but for a chance below one in a billion. */
  private static final int ROUNDS_MOST = 20;

  private static final long SECOND = 1_000_000_000L;

  private final World world;
  private final Plan plan;

  Liveness(World world, Plan plan) {
    this.world = world;
    this.plan = plan;
  }

  /** Whether each workload has exactly one active, which the client reaches. */
  boolean isThere() {
    for (int workload = 0; workload < world.setup().groups().size(); workload++) {
      if (!isWell(workload)) {
        return false;
      }
    }
    return true;
  }

  /** One gate is open, the client gets its answers, and who steers by announcements knows. */
  private boolean isWell(int workload) {
    // Operators may have asked for voters of whom too many are lost: then nobody may reign.
    return isServed(workload)
        || !world.invariants().voters().canElect(workload, plan.healthy()::contains);
  }

  private boolean isServed(int workload) {
    return world.client().isServed(workload) && open(workload) == 1 && isKnown(workload);
  }

  private boolean isKnown(int workload) {
    int node = world.client().known(workload);
    return world.subscriber().active(workload).equals(Optional.of(world.nodes().get(node).name()));
  }

  private int open(int workload) {
    int open = 0;
    boolean two = YieldBook.twoMayBeActive(world.setup().groups().get(workload));
    for (VirtualNode node : world.nodes()) {
      // Who is cut off for ever goes on alone, if its user wants it so.
      boolean reached = world.client().known(workload) == node.index();
      boolean counts = !two || reached || plan.healthy().contains(node.name());
      open += counts && node.gateOpen(workload) ? 1 : 0;
    }
    return open;
  }

  /** What is missing, for people. */
  String missing() {
    StringBuilder text = new StringBuilder();
    for (GroupConfig group : world.setup().groups()) {
      int workload = world.workload(group.workload());
      if (!isWell(workload)) {
        text.append(' ').append(group.workload()).append(": gates open on ");
        text.append(world.openGates(group.workload())).append(", the client asks ");
        text.append(world.client().known(workload)).append(", the subscriber knows ");
        text.append(world.subscriber().active(workload)).append(", seen as ");
        for (VirtualNode node : world.nodes()) {
          text.append(node).append(node.views()).append(' ');
        }
      }
    }
    return text.toString();
  }

  /**
   * The longest time from the last fault to that. Every wait that the protocol knows, one after the
   * other, although most of them overlap.
   */
  long boundNanos() {
    Timing timing = plan.setup().timing();
    Pace pace = plan.setup().pace();
    int most = plan.setup().groups().stream().mapToInt(g -> g.members().size()).max().orElse(0);
    // A machine that is switched on again: its boot, its first write, a failed one before it.
    long boot = pace.bootNanos() + 2 * (SECOND + slowestDisk());
    // Its silence, and what was promised before.
    long silence = 2 * timing.promiseNanos();
    // Somebody who is heard has state and cannot be elected: voters wait for him.
    long state = 10 * SECOND;
    // The program failed again and again: the longest back-off.
    long backoff = backoffNanos();
    // A round: silence, everybody's turn, a candidature that is given up, and the wait after it.
    long round =
        timing.windowNanos()
            + 3L * most * timing.staggerNanos()
            + timing.leaseNanos() * 3 / 2
            + 3L * timing.leaseNanos();
    // The program's start, then the client's own question in case that no announcement arrived.
    long start = pace.startNanos() + VirtualClient.ASKS_EVERY_NANOS + pace.linkMostNanos();
    // News is repeated so often at least; who subscribes anew tries it again after a second.
    long news = 2 * SECOND + SECOND + 2 * pace.linkMostNanos();
    // The workloads before the last one have a candidature and a second each.
    long turns = (plan.setup().groups().size() - 1L) * (timing.leaseNanos() * 3 / 2 + SECOND);
    // Promises that were made for a planned restart.
    long promised = longestLeaseNanos();
    long sum =
        boot + silence + promised + state + backoff + ROUNDS_MOST * round + turns + start + news;
    return sum + sum * timing.driftPpm() / 1_000_000;
  }

  private long longestLeaseNanos() {
    long longest = 0;
    for (Fault fault : plan.faults()) {
      longest =
          switch (fault) {
            case Fault.AgentRestart r -> Math.max(longest, r.leaseNanos());
            case Fault.DiskLost lost -> Math.max(longest, lost.silenceNanos());
            default -> longest;
          };
    }
    return 2 * longest;
  }

  private long slowestDisk() {
    long slowest = plan.setup().pace().diskNanos();
    for (Fault fault : plan.faults()) {
      slowest = fault instanceof Fault.Disk disk ? Math.max(slowest, disk.writeNanos()) : slowest;
    }
    return slowest;
  }

  /** One second, doubled for each failure in a row, five times at most. */
  private long backoffNanos() {
    int failures = 0;
    for (Fault fault : plan.faults()) {
      failures +=
          switch (fault) {
            case Fault.ProgramExit _, Fault.ProgramHang _, Fault.CopyDies _ -> 1;
            case Fault.StartFails _, Fault.SensorLoss _ -> 5;
            default -> 0;
          };
    }
    return failures == 0 ? 0 : SECOND << Math.min(failures - 1, 5);
  }
}
