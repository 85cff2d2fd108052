// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FailoverNodeTest {
  private static VirtualCluster protectedCluster(Timing timing, long seed) {
    VirtualCluster c = new VirtualCluster(timing, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, v -> isProtected(v));
    return c;
  }

  private static boolean isProtected(VirtualCluster c) {
    List<String> actives = c.actives();
    return actives.size() == 1
        && !c.view(actives.getFirst()).orElseThrow().protectedBy().equals(GenerationId.NONE);
  }

  private static String active(VirtualCluster c) {
    assertThat(c.actives()).hasSize(1);
    return c.actives().getFirst();
  }

  @Test
  void firstNodeOfTheFileStartsTheWorkloadAndTheSecondHoldsTheCopy() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 1);
    assertThat(active(c)).isEqualTo("a");
    assertThat(c.view("a").orElseThrow().standby()).isEqualTo("b");
    assertThat(c.machine("b").copy).isNotEqualTo(GenerationId.NONE);
  }

  @Test
  void standbyOpensItsGateWithinTheComputedBoundAfterACrash() {
    for (long seed = 0; seed < 300; seed++) {
      VirtualCluster c = protectedCluster(Timing.STANDARD, seed);
      c.advance(c.random.nextLong(300));
      GenerationId held = c.machine("b").copy;
      c.crash("a");
      long nanos = c.until("failover", 100, _ -> {}, v -> v.machine("b").open());
      assertThat(nanos).isLessThan(Timing.STANDARD.worstElectionNanos() + MILLI);
      assertThat(held).isNotEqualTo(GenerationId.NONE);
      assertThat(c.machine("b").process).isTrue();
      c.until("protected again", 2_000, _ -> {}, v -> isProtected(v));
      assertThat(c.view("b").orElseThrow().standby()).isEqualTo("c");
    }
  }

  @Test
  void isolatedActiveShutsItsGateBeforeAnotherOpens() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 3);
    c.isolate("a");
    c.until("failover", 100, _ -> {}, v -> v.machine("b").open());
    assertThat(c.machine("a").open()).isFalse();
    c.heal();
    c.until("discard", 200, _ -> {}, v -> !v.machine("a").process);
    assertThat(active(c)).isEqualTo("b");
  }

  @Test
  void endedProgramHandsOverWithoutWaitingForTheLease() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 4);
    c.fail("a", "exit status 1");
    long nanos = c.until("hand-over", 100, _ -> {}, v -> v.machine("b").open());
    assertThat(nanos).isLessThan(5 * MILLI);
  }

  @Test
  void releaserAndStandbyElectWithoutTheWitness() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 5);
    c.crash("c");
    c.advance(200);
    c.fail("a", "exit status 1");
    c.until("hand-over", 100, _ -> {}, v -> v.machine("b").open());
  }

  @Test
  void activeAloneLosesItsLeaseAndThawsWhenItIsHeardAgain() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 6);
    c.crash("b");
    c.crash("c");
    c.advance(100);
    assertThat(c.actives()).isEmpty();
    assertThat(c.machine("a").process).isTrue();
    c.start("c");
    c.until("thaw", 1_000, _ -> {}, v -> v.machine("a").open());
    assertThat(c.machine("a").process).isTrue();
  }

  @Test
  void restartedVoterIsServedByARaisedEpochAndNothingStops() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 7);
    Epoch before = c.view("a").orElseThrow().epoch();
    c.crash("c");
    c.advance(100);
    c.start("c");
    c.advance(300);
    assertThat(active(c)).isEqualTo("a");
    assertThat(c.view("a").orElseThrow().epoch().above(before)).isTrue();
    c.crash("b");
    c.advance(300);
    assertThat(active(c)).isEqualTo("a");
  }

  @Test
  void pausedStandbyAccusesNobody() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 8);
    c.pause("b", 3_000 * MILLI);
    c.advance(3_500);
    assertThat(active(c)).isEqualTo("a");
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Suspected);
  }

  @Test
  void healthyNetworkNeedsNoSecondElection() {
    VirtualCluster c = protectedCluster(Timing.FAST, 9);
    Epoch before = c.view("a").orElseThrow().epoch();
    c.advance(60_000);
    assertThat(c.view("a").orElseThrow().epoch()).isEqualTo(before);
  }

  @Test
  void totalPowerLossEndsInOneActive() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 10);
    List.of("a", "b", "c").forEach(c::crash);
    c.advance(100);
    List.of("c", "b").forEach(c::start);
    c.until("cold start", 3_000, _ -> {}, v -> v.actives().size() == 1);
  }

  @Test
  void randomFaultsNeverOpenTwoGatesAndHealthBringsOneActiveBack() {
    for (long seed = 0; seed < 600; seed++) {
      Timing timing = seed % 3 == 0 ? Timing.FAST : Timing.STANDARD;
      VirtualCluster c = new VirtualCluster(timing, seed, "a", "b", "c").startAll();
      SplittableRandom random = new SplittableRandom(seed * 31 + 7);
      c.loss = random.nextInt(4) * 0.1;
      c.duplication = random.nextInt(3) * 0.1;
      for (int fault = 0; fault < 25; fault++) {
        c.advance(random.nextLong(150));
        strike(c, random);
      }
      c.loss = 0;
      c.heal();
      for (VirtualCluster.Machine m : c.all().values()) {
        if (m.agent.isEmpty()) {
          c.start(m.name);
        }
      }
      c.until("one active, seed " + seed, 45_000, _ -> {}, FailoverNodeTest::isProtected);
    }
  }

  private static void strike(VirtualCluster c, SplittableRandom random) {
    String node = List.of("a", "b", "c").get(random.nextInt(3));
    String other = List.of("b", "c", "a").get(random.nextInt(3));
    boolean up = c.machine(node).agent.isPresent();
    switch (random.nextInt(8)) {
      case 0 -> c.crash(node);
      case 1, 2 -> {
        if (!up) {
          c.start(node);
        }
      }
      case 3 -> c.isolate(node);
      case 4 -> c.cut(node, other);
      case 5 -> c.heal();
      case 6 -> {
        if (up) {
          c.pause(node, random.nextLong(200 * MILLI));
        }
      }
      default -> {
        if (c.machine(node).open()) {
          c.fail(node, "exit status 1");
        }
      }
    }
  }
}
