// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Draws what operators ask of voters, what goes wrong just then, and which disks are lost. */
final class VoterFaults {
  private static final long MILLI = 1_000_000L;
  private static final String NOBODY = "";

  /** How often he asks for a node that is back without its disk: most of it comes to nothing. */
  private static final int ASKED_AGAIN = 10;

  private final Setup setup;
  private final Chance chance;
  private final long end;
  private final long unit;
  private final List<GroupConfig> groups;
  private final List<Fault> faults = new ArrayList<>();

  private VoterFaults(Setup setup, Chance chance, long end) {
    this.setup = setup;
    this.chance = chance;
    this.end = end;
    this.unit = setup.timing().leaseNanos();
    // Two nodes stay two.
    groups = setup.groups().stream().filter(g -> g.quorum() == Quorum.MAJORITY).toList();
  }

  static List<Fault> of(Setup setup, Chance chance, long end) {
    VoterFaults drawn = new VoterFaults(setup, chance, end);
    if (!drawn.groups.isEmpty()) {
      drawn.draw();
    }
    drawn.faults.removeIf(f -> f.at() >= end - 2 * MILLI);
    drawn.faults.sort(Comparator.comparingLong(Fault::at));
    return drawn.faults;
  }

  private void draw() {
    for (long at = 200 * MILLI; at < end; at += 1 + chance.below(80 * unit)) {
      GroupConfig group = chance.of(groups);
      if (chance.percent(25)) {
        disk(at, chance.of(group.members()));
        continue;
      }
      if (chance.percent(40)) {
        cutOff(at, group);
        continue;
      }
      change(at, group);
      if (chance.percent(25)) {
        // A second one while the first is pending.
        change(at + chance.below(unit), group);
      }
      if (chance.percent(50)) {
        trouble(at + chance.below(unit / 2), group);
      }
    }
  }

  private void change(long at, GroupConfig group) {
    change(at, group, chance.percent(80) ? NOBODY : chance.of(group.members()));
  }

  private void change(long at, GroupConfig group, String asked) {
    String one = chance.of(group.members());
    String other = chance.of(group.members());
    int kind = chance.below(100);
    String join = kind < 25 ? NOBODY : one;
    String leave = kind < 25 ? one : kind < 55 ? NOBODY : kind < 70 ? one : other;
    faults.add(new Fault.MembershipChange(at, asked, group.workload(), join, leave));
  }

  /** Who reigns perhaps begins a change of which nobody hears, and the next one another. */
  private void cutOff(long at, GroupConfig group) {
    for (int i = 0; i < 2; i++) {
      String node = chance.of(group.members());
      faults.add(new Fault.Isolate(at, length(at, 30), node, Fault.Way.BOTH));
    }
    change(at + chance.below(unit / 2), group, NOBODY);
    change(at + (2 + chance.below(6)) * unit, group, NOBODY);
  }

  /** What a change must survive in each of its steps. */
  private void trouble(long at, GroupConfig group) {
    String node = chance.of(group.members());
    long nanos = length(at, 30);
    int kind = chance.below(100);
    if (kind < 40) {
      List<String> side = setup.nodes().stream().filter(n -> chance.percent(50)).toList();
      faults.add(new Fault.Partition(at, nanos, side));
    } else if (kind < 60) {
      faults.add(new Fault.Crash(at, nanos, node));
    } else if (kind < 80) {
      faults.add(new Fault.AgentKill(at, nanos / 8 + 1, node));
    } else {
      faults.add(new Fault.Disk(at, nanos, node, 0));
    }
  }

  /** A disk is lost; when its node is back, its operator has it named anew. */
  private void disk(long at, String node) {
    long silence = setup.timing().promiseNanos(Faults.LONGEST_LEASES * unit);
    long nanos = length(at, 30);
    faults.add(new Fault.DiskLost(at, nanos, node, silence));
    long back = at + nanos;
    for (int i = 0; i < ASKED_AGAIN; i++) {
      back += 1 + chance.below(20 * unit);
      for (GroupConfig group : groups) {
        if (group.members().contains(node)) {
          faults.add(new Fault.MembershipChange(back, NOBODY, group.workload(), node, node));
        }
      }
    }
  }

  private long length(long at, long mostLeases) {
    return Math.max(1, Math.min(chance.spread(unit / 8, unit * mostLeases), end - MILLI - at));
  }
}
