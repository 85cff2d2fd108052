// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.function.Supplier;

/** What must hold of the gates of a {@link VirtualCluster}, whatever happens. */
final class GateChecks {
  private final VirtualCluster cluster;
  private Epoch highestOpened = Epoch.NONE;

  GateChecks(VirtualCluster cluster) {
    this.cluster = cluster;
  }

  /** A gate's deadline was moved under that epoch. */
  void opened(VirtualCluster.Machine opener, Epoch epoch) {
    Epoch before = opener.openedFor;
    hold(!before.above(epoch), () -> opener.name + ": " + epoch + " after " + before);
    opener.openedFor = epoch;
    if (!opener.open() || cluster.config.mayHaveTwoActives()) {
      return;
    }
    for (VirtualCluster.Machine other : cluster.machines.values()) {
      boolean both = !other.name.equals(opener.name) && other.open();
      hold(!both, () -> "two gates open: " + opener.name + " and " + other.name);
    }
    Epoch highest = highestOpened;
    hold(!highest.above(epoch), () -> opener.name + ": " + epoch + " after " + highest);
    highestOpened = epoch;
  }

  /** Where two may be active, it is only until the lower epoch hears of the higher. */
  void heard(VirtualCluster.Machine from, VirtualCluster.Machine to, Datagram d) {
    Row row = d.rows().getFirst();
    boolean told = row.stand() == Row.Stand.ACTIVE && row.epoch().equals(from.openedFor);
    boolean hears = to.agent.isPresent() && cluster.now >= to.pausedUntil;
    // A restarted agent tells of no epoch; the gate of its former life shuts by itself.
    boolean reigns = !to.told.equals(Epoch.NONE);
    boolean lower = told && hears && reigns && row.epoch().above(to.told);
    boolean both = from.open() && to.open();
    hold(!lower || !both, () -> to.name + " in " + to.told + " does not yield to " + row.epoch());
  }

  private void hold(boolean condition, Supplier<String> broken) {
    if (!condition) {
      String log = String.join("\n", cluster.log);
      throw new IllegalStateException(broken.get() + " at " + cluster.now + "\n" + log);
    }
  }
}
