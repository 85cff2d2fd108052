// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Many short lives under random faults; {@link VirtualCluster} checks after every command. */
class RandomFaultsTest {
  /** More lives for who has time: {@code -Dunderstudy.seeds=20000}. */
  private static final long SEEDS = Long.getLong("understudy.seeds", 600);

  @Test
  void neverOpenTwoGatesAndHealthBringsOneActiveBack() {
    for (long seed = Long.getLong("understudy.from", 0); seed < SEEDS; seed++) {
      try {
        live(seed);
      } catch (IllegalStateException e) {
        throw new IllegalStateException("seed " + seed, e);
      }
    }
  }

  private static void live(long seed) {
    Timing timing = seed % 3 == 0 ? Timing.FAST : Timing.STANDARD;
    GroupConfig group = group(seed);
    List<String> names = group.members();
    VirtualCluster c = new VirtualCluster(timing, seed, group);
    SplittableRandom random = new SplittableRandom(seed * 31 + 7);
    for (VirtualCluster.Machine m : c.all().values()) {
      m.ppm = random.nextLong(-timing.driftPpm(), timing.driftPpm() + 1);
    }
    c.startAll();
    c.loss = random.nextInt(4) * 0.1;
    c.duplication = random.nextInt(3) * 0.1;
    c.stragglers = random.nextInt(3) * 0.03;
    c.stalls = random.nextInt(3) * 0.002;
    for (int fault = 0; fault < 25; fault++) {
      c.advance(random.nextLong(150));
      strike(c, names, random);
      if (fault == 12 && group.quorum() == GroupConfig.Quorum.PAIR_CONSISTENCY) {
        crashFenced(c, names.get(random.nextInt(2)), names);
      }
    }
    c.loss = 0;
    c.stragglers = 0;
    c.stalls = 0;
    c.heal();
    for (VirtualCluster.Machine m : c.all().values()) {
      m.diskWorks = true;
      if (m.agent.isEmpty() || m.leaving) {
        c.start(m.name);
      }
    }
    c.until("one active, seed " + seed, 45_000, _ -> {}, VirtualCluster::isProtected);
  }

  private static GroupConfig group(long seed) {
    return switch ((int) (seed % 8)) {
      case 0, 4 -> VirtualCluster.group(GroupConfig.Quorum.MAJORITY, "a", "b", "c", "d", "e");
      case 1 -> VirtualCluster.group(GroupConfig.Quorum.PAIR_CONSISTENCY, "a", "b");
      case 2 -> VirtualCluster.group(GroupConfig.Quorum.PAIR_AVAILABILITY, "a", "b");
      case 3 -> WithoutQuorumTest.continuing();
      default -> VirtualCluster.group(GroupConfig.Quorum.MAJORITY, "a", "b", "c");
    };
  }

  /** One word for each life: said of both nodes in turn, epochs need not rise. */
  private static void crashFenced(VirtualCluster c, String node, List<String> names) {
    c.crash(node);
    names.stream().filter(n -> !n.equals(node)).forEach(other -> c.fence(other, node));
  }

  private static void strike(VirtualCluster c, List<String> names, SplittableRandom random) {
    int index = random.nextInt(names.size());
    String node = names.get(index);
    String other = names.get((index + 1 + random.nextInt(names.size() - 1)) % names.size());
    boolean up = c.machine(node).agent.isPresent();
    switch (random.nextInt(16)) {
      case 0 -> c.crash(node);
      case 1, 2 -> {
        if (!up) {
          c.start(node);
        }
      }
      case 3 -> c.isolate(node);
      case 4, 5 -> c.cut(node, other);
      case 6 -> c.heal();
      case 7 -> {
        if (up) {
          c.pause(node, random.nextLong(200 * MILLI));
        }
      }
      case 8 -> {
        if (up) {
          c.restartAgent(node);
        }
      }
      case 9 -> c.machine(node).diskWorks = !c.machine(node).diskWorks;
      case 10, 11 -> {
        if (up) {
          c.askMaintenance(node, (100 + random.nextLong(900)) * MILLI);
        }
      }
      case 12, 13 -> {
        if (up) {
          c.endAgent(node);
        } else {
          c.resumeAgent(node);
        }
      }
      case 14 -> {
        if (up) {
          c.leave(node);
        }
      }
      default -> {
        if (up && c.machine(node).open()) {
          c.fail(node, c.view(node).orElseThrow().epoch(), "exit status 1");
        }
      }
    }
  }
}
