// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.timing.Timing;
import dev.understudy.simulator.Fault.Content;
import dev.understudy.simulator.Fault.Place;
import dev.understudy.simulator.Fault.Scope;
import dev.understudy.simulator.Fault.Way;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws from a seed what goes wrong: spells of many faults, of few and of none. Lengths go by the
 * lease, because what matters happens within a few of them.
 */
public final class Faults {
  private static final long MILLI = 1_000_000L;
  private static final int CHANGES_PERCENT = 25;

  /** Nobody asks for a longer maintenance lease. */
  static final int LONGEST_LEASES = 64;

  private final Setup setup;
  private final Chance chance;
  private final long end;
  private final long unit;
  private final List<Fault> faults = new ArrayList<>();

  private Faults(Setup setup, Chance chance, long end) {
    this.setup = setup;
    this.chance = chance;
    this.end = end;
    this.unit = setup.timing().leaseNanos();
  }

  /** The plan that this seed stands for. */
  public static Plan plan(long seed, long stormNanos, Weather weather) {
    return plan(seed, setup(seed, weather), stormNanos, weather);
  }

  /** Rough weather in which operators change who votes all the time, and disks are lost. */
  public static Plan ofChanges(long seed, Setup setup, long stormNanos) {
    return plan(seed, setup, stormNanos, Weather.ROUGH, true);
  }

  /** The cluster that this seed stands for. */
  static Setup setup(long seed, Weather weather) {
    return Setup.draw(Chance.of(seed, -1), weather);
  }

  /** The same for a cluster of a given shape. */
  public static Plan plan(long seed, Setup setup, long stormNanos, Weather weather) {
    // A stream of its own, so that it changes nothing for the other seeds.
    boolean changes = Chance.of(seed, -3).percent(CHANGES_PERCENT);
    return plan(seed, setup, stormNanos, weather, changes && weather == Weather.ROUGH);
  }

  private static Plan plan(
      long seed, Setup setup, long stormNanos, Weather weather, boolean changes) {
    Chance chance = Chance.of(seed, -2);
    Faults drawn = new Faults(setup, chance, stormNanos);
    List<String> healthy = setup.nodes();
    drawn.clocks();
    if (weather == Weather.MILD) {
      drawn.mildStorm();
    } else {
      drawn.background();
      drawn.storm();
      drawn.faults.addAll(Surroundings.of(setup, Chance.of(seed, -5), stormNanos));
      if (changes) {
        // Who is a majority at the end is not known before.
        drawn.faults.addAll(VoterFaults.of(setup, Chance.of(seed, -4), stormNanos));
      } else {
        healthy = drawn.healthy();
        drawn.endOfTheOthers(healthy);
      }
    }
    drawn.dropUnfinished();
    drawn.faults.sort(Comparator.comparingLong(Fault::at));
    return new Plan(seed, setup, stormNanos, healthy, drawn.faults);
  }

  // ---- small draws -----------------------------------------------------------------------------

  private Timing timing() {
    return setup.timing();
  }

  private String node() {
    return chance.of(setup.nodes());
  }

  private String nodeOrAll() {
    return chance.percent(30) ? "" : node();
  }

  private String otherThan(String node) {
    String other = node();
    while (other.equals(node)) {
      other = node();
    }
    return other;
  }

  private GroupConfig group() {
    return chance.of(setup.groups());
  }

  /** A length in eighths of a lease to many leases, which ends before the storm does. */
  private long length(long at, long mostLeases) {
    return within(at, chance.spread(unit / 8, unit * mostLeases));
  }

  private long within(long at, long nanos) {
    return Math.max(1, Math.min(nanos, end - MILLI - at));
  }

  // ---- phases ----------------------------------------------------------------------------------

  private void clocks() {
    long most = timing().driftPpm();
    for (String node : setup.nodes()) {
      // At the bounds, where it hurts, as often as between them.
      long ppm =
          chance.percent(50) ? (chance.percent(50) ? most : -most) : chance.between(-most, most);
      faults.add(new Fault.ClockRate(0, node, ppm));
    }
  }

  /** What is wrong all the time in this world, often nothing. */
  private void background() {
    int loss = chance.percent(50) ? 0 : chance.below(250_000);
    int doubles = chance.percent(50) ? 0 : chance.below(250_000);
    int stragglers = chance.percent(60) ? 0 : chance.below(60_000);
    if (loss + doubles + stragglers > 0) {
      faults.add(
          new Fault.Noise(0, end - MILLI, "", "", loss, doubles, stragglers, 3 * unit, 0, 0));
    }
  }

  private void storm() {
    long at = 100 * MILLI;
    while (at < end) {
      long spellEnd = Math.min(end, at + chance.between(20, 200) * unit);
      int kind = chance.below(100);
      long gap = kind < 45 ? 2 * unit : kind < 80 ? 12 * unit : 60 * unit;
      while (at < spellEnd) {
        strike(at);
        at += 1 + chance.below(2 * gap);
      }
    }
    faults.removeIf(f -> f.at() >= end - 2 * MILLI);
  }

  /** What waits, for its place or for answers, must not strike when all is meant to be well. */
  private void dropUnfinished() {
    faults.removeIf(f -> {
      long waits =
          switch (f) {
            case Fault.Stall _ -> Fault.STALL_PATIENCE;
            case Fault.AgentRestart _ -> PlannedRestart.PATIENCE_NANOS + 1_000 * MILLI;
            case Fault.AgentLeaves _ -> VirtualNode.LEAVING_MOST_NANOS;
            default -> 0;
          };
      return waits > 0 && f.at() + f.nanos() + waits > end;
    });
  }

  private void mildStorm() {
    faults.add(
        new Fault.Noise(
            0,
            end - MILLI,
            "",
            "",
            Fault.Noise.BOUNDED_LOSS_PPM,
            chance.below(20_000),
            0,
            0,
            100_000,
            timing().roundTripNanos() / 2));
    long late = timing().latenessNanos();
    for (long at = 100 * MILLI; at < end; at += 1 + chance.below(4 * unit)) {
      int kind = chance.below(100);
      if (kind < 30) {
        faults.add(new Fault.Pause(at, 1 + chance.below(late), node(), scope()));
      } else if (kind < 60) {
        faults.add(new Fault.Stall(at, 1 + chance.below(late), node(), place(), chance.below(4)));
      } else if (kind < 80) {
        faults.add(new Fault.LateTimers(at, length(at, 50), node(), 1 + chance.below(late)));
      } else if (kind < 88) {
        disk(at);
      } else if (kind < 97) {
        copies(at);
      } else {
        faults.add(restart(at));
      }
    }
  }

  private List<String> healthy() {
    List<String> well = new ArrayList<>(setup.nodes());
    for (String node : setup.nodes()) {
      if (chance.percent(40)) {
        List<String> fewer = new ArrayList<>(well);
        fewer.remove(node);
        if (suffices(fewer)) {
          well = fewer;
        }
      }
    }
    return well;
  }

  private boolean suffices(List<String> well) {
    for (GroupConfig group : setup.groups()) {
      long voters = group.members().stream().filter(well::contains).count();
      boolean runs = group.runners().stream().anyMatch(well::contains);
      if (voters < group.members().size() / 2 + 1 || !runs) {
        return false;
      }
    }
    return true;
  }

  private void endOfTheOthers(List<String> healthy) {
    for (String node : setup.nodes()) {
      if (!healthy.contains(node)) {
        faults.add(
            chance.percent(25)
                ? new Fault.Crash(end, Fault.FOREVER, node)
                : new Fault.Isolate(end, Fault.FOREVER, node, way(node)));
      }
    }
  }

  /** Whose user wants it to go on although it hears nobody is followed for ever when it is deaf. */
  private Way way(String node) {
    Way way = chance.of(List.of(Way.values()));
    boolean goesOn =
        setup.groups().stream()
            .anyMatch(g ->
                g.withoutQuorum() == GroupConfig.WithoutQuorum.CONTINUE
                    && g.members().contains(node));
    return goesOn && way == Way.IN ? Way.BOTH : way;
  }

  // ---- one fault -------------------------------------------------------------------------------

  private void strike(long at) {
    int kind = chance.below(100);
    if (kind < 22) {
      machine(at);
      aftershock(at);
    } else if (kind < 26) {
      planned(at);
    } else if (kind < 56) {
      links(at);
    } else if (kind < 80) {
      thread(at);
    } else if (kind < 88) {
      disk(at);
    } else if (kind < 95) {
      program(at);
    } else {
      copies(at);
    }
  }

  /**
   * Trouble rarely comes alone: about then, an agent somewhere is restarted at once, a thread
   * stands still at its next effect, a copy dies.
   */
  private void aftershock(long at) {
    long about = Math.max(1, at - unit / 4 + chance.below(unit));
    faults.add(new Fault.AgentKill(about, within(about, 1 + chance.below(unit / 16)), node()));
    int kind = chance.below(100);
    if (kind < 40) {
      faults.add(new Fault.Stall(at, length(at, 4), node(), place(), 0));
    } else if (kind < 60) {
      faults.add(new Fault.CopyDies(about, node(), group().workload()));
    }
  }

  /** What people do: upgrades, shutdowns, and their word for a node that they have switched off. */
  private void planned(long at) {
    int kind = chance.below(100);
    if (kind < 55) {
      faults.add(restart(at));
    } else if (kind < 75) {
      faults.add(new Fault.AgentLeaves(at, length(at, 20), node()));
    } else if (kind < 95) {
      GroupConfig group = group();
      String node = chance.of(group.members());
      long nanos = length(at, 60);
      faults.add(new Fault.Crash(at, nanos, node));
      faults.add(new Fault.Fence(at + chance.below(nanos), node, group.workload(), true));
    } else {
      faults.add(new Fault.SubscriberRestarts(at));
    }
  }

  /** Mostly back in time; sometimes never meant, sometimes too late. */
  private Fault restart(long at) {
    long lease = unit * (4 + chance.below(LONGEST_LEASES - 4));
    long away = chance.percent(10) ? 0 : within(at, chance.below(lease + lease / 4));
    return new Fault.AgentRestart(at, away, node(), lease);
  }

  private void machine(long at) {
    int kind = chance.below(100);
    if (kind < 45) {
      faults.add(new Fault.Crash(at, length(at, 60), node()));
    } else if (kind < 90) {
      faults.add(new Fault.AgentKill(at, length(at, 20), node()));
    } else if (kind < 97) {
      // All at once, and back in any order.
      for (String node : setup.nodes()) {
        long after = at + chance.below(unit / 4);
        faults.add(new Fault.Crash(after, length(after, 60), node));
      }
    } else {
      for (String node : setup.nodes()) {
        faults.add(new Fault.AgentKill(at, length(at, 4), node));
      }
    }
  }

  private void links(long at) {
    int kind = chance.below(100);
    String from = node();
    if (kind < 20) {
      faults.add(new Fault.Cut(at, length(at, 30), from, otherThan(from)));
    } else if (kind < 40) {
      faults.add(new Fault.Isolate(at, length(at, 30), from, chance.of(List.of(Way.values()))));
    } else if (kind < 52) {
      partition(at);
    } else if (kind < 60) {
      flapping(at, from, otherThan(from));
    } else if (kind < 72) {
      noise(at);
    } else {
      faults.add(mishap(at));
    }
  }

  private void partition(long at) {
    List<String> side = new ArrayList<>();
    for (String node : setup.nodes()) {
      if (chance.percent(50)) {
        side.add(node);
      }
    }
    faults.add(new Fault.Partition(at, length(at, 30), side));
  }

  private void flapping(long at, String from, String to) {
    long begins = at;
    for (int i = 4 + chance.below(12); i > 0 && begins < end - 2 * MILLI; i--) {
      faults.add(new Fault.Cut(begins, length(begins, 2), from, to));
      begins += 1 + chance.below(2 * unit);
    }
  }

  private void noise(long at) {
    long most = chance.spread(unit / 64, unit);
    faults.add(
        new Fault.Noise(
            at,
            length(at, 40),
            nodeOrAll(),
            nodeOrAll(),
            chance.below(600_000),
            chance.below(300_000),
            chance.below(200_000),
            4 * unit,
            chance.below(most),
            most));
  }

  private Fault mishap(long at) {
    Content content = chance.of(List.of(Content.values()));
    int count = 1 + chance.below(4);
    long late = chance.percent(50) ? 0 : chance.spread(unit / 16, 4 * unit);
    return new Fault.Mishap(
        at, within(at, 20 * unit), nodeOrAll(), nodeOrAll(), content, count, late);
  }

  private Scope scope() {
    return chance.of(List.of(Scope.values()));
  }

  private Place place() {
    return chance.of(List.of(Place.values()));
  }

  private void thread(long at) {
    int kind = chance.below(100);
    if (kind < 35) {
      faults.add(new Fault.Pause(at, length(at, 100), node(), scope()));
    } else if (kind < 80) {
      faults.add(new Fault.Stall(at, length(at, 8), node(), place(), chance.below(6)));
    } else if (kind < 90) {
      faults.add(new Fault.LateTimers(at, length(at, 50), node(), 1 + chance.below(unit / 2)));
    } else {
      long most = timing().driftPpm();
      faults.add(new Fault.ClockRate(at, node(), chance.between(-most, most)));
    }
  }

  private void disk(long at) {
    long write = chance.percent(40) ? 0 : chance.spread(10 * MILLI, 2_000 * MILLI);
    faults.add(new Fault.Disk(at, length(at, 60), node(), write));
  }

  private void program(long at) {
    int kind = chance.below(100);
    String workload = group().workload();
    if (kind < 75 && chance.percent(50)) {
      // Whoever has to shut its gate now may stand still before that.
      faults.add(new Fault.Stall(at, length(at, 4), node(), Place.SHUT_GATE, 0));
    }
    if (kind < 50) {
      faults.add(new Fault.ProgramExit(at, workload));
    } else if (kind < 75) {
      faults.add(new Fault.ProgramHang(at, length(at, 20), workload));
    } else {
      faults.add(new Fault.StartFails(at, length(at, 40), node()));
    }
  }

  private void copies(long at) {
    int kind = chance.below(100);
    if (kind < 40) {
      faults.add(new Fault.CopyDies(at, node(), group().workload()));
    } else if (kind < 60) {
      faults.add(new Fault.CaptureFails(at, length(at, 40), group().workload()));
    } else if (kind < 80) {
      faults.add(new Fault.RestoreFails(at, length(at, 40), node()));
    } else {
      long longer = chance.spread(unit, 20 * unit);
      faults.add(new Fault.SlowRestore(at, length(at, 60), node(), longer));
    }
  }
}
