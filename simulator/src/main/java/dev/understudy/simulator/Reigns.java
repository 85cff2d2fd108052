// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Verdict;
import java.util.Arrays;
import java.util.BitSet;

/** Who reigned until when and why no longer: counts failovers that were not needed. */
final class Reigns {
  private static final int NOBODY = -1;

  /** How long before its end a reign must have been untroubled, to be lost without need. */
  private static final int LEASES_LOOKED_BACK = 4;

  private static final class Reign {
    int node = NOBODY;
    long beganAt;
    long endedAt = Long.MAX_VALUE;
    boolean needed;

    /** Nodes whose disk did not let them follow that epoch when its lease was lost. */
    final BitSet behind = new BitSet();
  }

  private final World world;
  private final Reign[] reigns;

  /** Until when each node's agent neither votes nor echoes after its start, in true time. */
  private final long[] silentUntil;

  private long falseFailovers;
  private long lapses;

  Reigns(World world) {
    this.world = world;
    reigns = new Reign[world.setup().groups().size()];
    Arrays.setAll(reigns, _ -> new Reign());
    silentUntil = new long[world.setup().nodes().size()];
  }

  long falseFailovers() {
    return falseFailovers;
  }

  long lapses() {
    return lapses;
  }

  void said(Verdict verdict) {
    if (verdict instanceof Verdict.Lapsed(var workload, var epoch, _)) {
      lapses++;
      BitSet behind = reigns[world.workload(workload)].behind;
      behind.clear();
      for (VirtualNode node : world.nodes()) {
        behind.set(node.index(), node.disk().state().ceiling() < epoch.counter());
      }
    }
  }

  void began(VirtualNode node, int workload) {
    Reign reign = reigns[workload];
    boolean moved = reign.node != NOBODY && reign.node != node.index();
    if (moved && !reign.needed && wasWell(reign, workload)) {
      falseFailovers++;
      world.say(
          "world",
          "FALSE FAILOVER of ",
          world.setup().groups().get(workload).workload(),
          " from ",
          world.nodes().get(reign.node),
          " to ",
          node);
    }
    reign.node = node.index();
    reign.behind.clear();
    reign.beganAt = world.now();
    reign.endedAt = Long.MAX_VALUE;
    reign.needed = false;
  }

  /** A restarted agent goes on: the reign was not interrupted. */
  void resumed(VirtualNode node, int workload) {
    Reign reign = reigns[workload];
    if (reign.node == node.index()) {
      reign.needed = false;
      reign.endedAt = Long.MAX_VALUE;
    }
  }

  /** A reign ends by a decision, for a good reason or not. */
  void ended(VirtualNode node, int workload, boolean onPurpose) {
    Reign reign = reigns[workload];
    if (reign.node == node.index() && reign.endedAt == Long.MAX_VALUE) {
      reign.endedAt = world.now();
      reign.needed = onPurpose;
    }
  }

  /** Who has ever promised for a long time, for an upgrade, is silent for so long. */
  void agentStarted(VirtualNode node) {
    long silence = node.disk().state().longestPromiseNanos();
    silentUntil[node.index()] = world.now() + silence + silence / 100;
  }

  void agentEnded(VirtualNode node) {
    for (Reign reign : reigns) {
      if (reign.node == node.index()) {
        // Even if it had lapsed before: it cannot have come back.
        reign.needed = true;
      }
    }
  }

  /** Whether the active and a majority had no trouble for some leases before the reign's end. */
  private boolean wasWell(Reign reign, int workload) {
    GroupConfig group = world.setup().groups().get(workload);
    long lease = world.setup().timing().leaseNanos();
    long ended = Math.min(reign.endedAt, world.now());
    long since = ended - LEASES_LOOKED_BACK * lease;
    VirtualNode active = world.nodes().get(reign.node);
    if (!world.trouble().nodeWell(reign.node, since) || active.agentSince() > since) {
      return false;
    }
    int well = 1;
    for (String member : group.members()) {
      int voter = world.index(member);
      boolean counts =
          voter != reign.node
              && world.trouble().nodeWell(voter, since)
              && world.trouble().linkWell(reign.node, voter, since)
              && !reign.behind.get(voter)
              && isAlong(reign, voter, since);
      well += counts ? 1 : 0;
    }
    return well >= group.members().size() / 2 + 1;
  }

  /** Whether that voter was there when the reign began, or could be taken along since its start. */
  private boolean isAlong(Reign reign, int voter, long since) {
    long started = world.nodes().get(voter).agentSince();
    boolean wasThere = silentUntil[voter] <= reign.beganAt;
    boolean disksWell =
        world.trouble().diskWell(voter, started) && world.trouble().diskWell(reign.node, started);
    return started <= since && silentUntil[voter] <= since && (wasThere || disksWell);
  }
}
