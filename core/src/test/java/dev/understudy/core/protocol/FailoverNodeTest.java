// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverNodeTest {
  private static VirtualCluster protectedCluster(Timing timing, long seed) {
    VirtualCluster c = new VirtualCluster(timing, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    return c;
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
      c.until("protected again", 2_000, _ -> {}, VirtualCluster::isProtected);
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
    c.fail("a", c.view("a").orElseThrow().epoch(), "exit status 1");
    long nanos = c.until("hand-over", 100, _ -> {}, v -> v.machine("b").open());
    assertThat(nanos).isLessThan(5 * MILLI);
  }

  @Test
  void releaserAndStandbyElectWithoutTheWitness() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 5);
    c.crash("c");
    c.advance(200);
    c.fail("a", c.view("a").orElseThrow().epoch(), "exit status 1");
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
  void endedProgramAfterAThawAndARaiseIsNotOfferedAsLive() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 11);
    Epoch began = c.view("a").orElseThrow().epoch();
    c.crash("c");
    c.advance(100);
    c.start("c");
    c.advance(300);
    assertThat(c.view("a").orElseThrow().epoch().above(began)).isTrue();
    c.crash("b");
    c.crash("c");
    c.advance(100);
    assertThat(c.view("a").orElseThrow().best().sequence()).isEqualTo(GenerationId.LIVE);
    c.fail("a", began, "killed while it was frozen");
    assertThat(c.view("a").orElseThrow().best().sequence()).isNotEqualTo(GenerationId.LIVE);
  }

  @Test
  void lostQuestionIsAskedAgainWithTheNextBeat() {
    Timing timing = Timing.STANDARD;
    long most = timing.promiseNanos() - timing.windowNanos() + timing.beatNanos() + MILLI;
    for (long seed = 0; seed < 50; seed++) {
      VirtualCluster c = protectedCluster(timing, seed);
      c.advance(c.random.nextLong(300));
      c.crash("a");
      c.until("question", 100, _ -> {}, v -> v.view("b").orElseThrow().state().equals("asking"));
      c.cut("b", "c");
      c.advance(1);
      c.heal();
      assertThat(c.until("failover", 100, _ -> {}, v -> v.machine("b").open())).isLessThan(most);
    }
  }

  /** Otherwise a successor could be elected below the epoch that its predecessor had stamped. */
  @Test
  void raisedEpochIsNotUsedBeforeAMajorityKnowsIt() {
    VirtualCluster c = protectedCluster(Timing.STANDARD, 13);
    Epoch before = c.view("a").orElseThrow().epoch();
    c.crash("c");
    c.advance(100);
    c.cut("a", "b");
    c.cut("a", "c");
    // Its floor makes a raise its reign, but nobody hears of that.
    c.start("c");
    c.until("lapse", 100, _ -> {}, v -> !v.machine("a").open());
    assertThat(c.view("a").orElseThrow().epoch()).isEqualTo(before);
    c.until("failover", 1_000, _ -> {}, v -> v.machine("b").open());
    assertThat(c.view("b").orElseThrow().epoch().above(before)).isTrue();
  }

  /** A late vote of the first candidature would elect by the second, which nobody promised. */
  @Test
  void epochOfACandidatureThatGaveWayIsNotAskedForAgain() {
    GroupConfig group =
        new GroupConfig(
            VirtualCluster.WORKLOAD,
            List.of("a", "b", "c"),
            List.of("a", "b", "c"),
            GroupConfig.Quorum.MAJORITY,
            false,
            200 * MILLI);
    LoneNode a = new LoneNode("a", group, Timing.STANDARD);
    a.passSilence();
    // It hears b reign, is bound to it, and suspects it: it cannot vote for itself yet.
    a.hear("b", Row.Stand.ACTIVE, new Epoch(5, "b"), Row.NO_TIME);
    Epoch first = a.candidature("c");
    // It gives way to b, which releases at once; then only b says yes, and knows no higher epoch.
    a.hear("b", Row.Stand.ACTIVE, new Epoch(5, "b"), Row.NO_TIME);
    Epoch second = a.candidature("c");
    assertThat(second.above(first)).isTrue();
  }
}
