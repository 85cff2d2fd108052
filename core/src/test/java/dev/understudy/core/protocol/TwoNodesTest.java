// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Groups of two have no majority: the user prefers consistency or availability. */
class TwoNodesTest {
  private static VirtualCluster pair(GroupConfig.Quorum quorum, long seed) {
    GroupConfig group = VirtualCluster.group(quorum, "a", "b");
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, seed, group).startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(c.actives()).containsExactly("a");
    return c;
  }

  private static VirtualCluster consistent(long seed) {
    return pair(GroupConfig.Quorum.PAIR_CONSISTENCY, seed);
  }

  private static VirtualCluster available(long seed) {
    return pair(GroupConfig.Quorum.PAIR_AVAILABILITY, seed);
  }

  private static Epoch epochOf(VirtualCluster c, String node) {
    return c.view(node).orElseThrow().epoch();
  }

  @Test
  @Tag("FO-42")
  void consistentActiveGoesOnAloneInItsEpoch() {
    VirtualCluster c = consistent(1);
    Epoch epoch = epochOf(c, "a");
    c.crash("b");
    for (int i = 0; i < 500; i++) {
      c.advance(1);
      assertThat(c.actives()).containsExactly("a");
    }
    assertThat(epochOf(c, "a")).isEqualTo(epoch);
  }

  @Test
  @Tag("FO-42")
  void consistentStandbyDoesNotTakeOverFromASilentActive() {
    VirtualCluster c = consistent(2);
    c.isolate("a");
    c.advance(2_000);
    assertThat(c.actives()).containsExactly("a");
    c.crash("a");
    c.advance(2_000);
    assertThat(c.actives()).isEmpty();
  }

  @Test
  @Tag("FO-42")
  void consistentStandbyTakesOverOnARelease() {
    VirtualCluster c = consistent(3);
    c.fail("a", epochOf(c, "a"), "exit status 1");
    c.until("hand-over", 10, _ -> {}, v -> v.machine("b").open());
  }

  /** Who was late listens first: until then it neither reigns nor says so, for its gate is shut. */
  @Test
  @Tag("FO-42")
  void consistentStandbyThatWasLateReignsWhenItsGateOpens() {
    VirtualCluster c = consistent(3);
    c.pause("b", 40 * MILLI);
    c.fail("a", epochOf(c, "a"), "exit status 1");
    for (int i = 0; i < 200; i++) {
      c.advance(1);
      boolean reigns = c.view("b").orElseThrow().leading();
      assertThat(c.machine("b").open()).as("after %s ms", i + 1).isEqualTo(reigns);
    }
    assertThat(c.actives()).containsExactly("b");
  }

  @Test
  @Tag("FO-42")
  void consistentStandbyTakesOverOnAConfirmedFence() {
    VirtualCluster c = consistent(4);
    Epoch before = epochOf(c, "a");
    c.crash("a");
    c.advance(1_000);
    c.fence("b", "a");
    c.until("failover", 10, _ -> {}, v -> v.machine("b").open());
    assertThat(epochOf(c, "b").above(before)).isTrue();
    assertThat(c.coldStarts).hasSize(1);
    c.start("a");
    c.until("protection", 2_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(c.actives()).containsExactly("b");
  }

  @Test
  @Tag("FO-42")
  void fenceCountsNoMoreOnceTheNodeIsHeard() {
    VirtualCluster c = consistent(5);
    c.crash("a");
    c.advance(1_000);
    // Nobody stands while the fenced node is out of the way, because this one is late.
    c.pause("b", 50 * MILLI);
    c.fence("b", "a");
    c.start("a");
    c.advance(60);
    c.isolate("a");
    c.advance(1_000);
    assertThat(c.verdicts).contains(new Verdict.FenceVoid(VirtualCluster.WORKLOAD, "a"));
    assertThat(c.actives()).isEmpty();
  }

  /** A restarted former active is a live voter: nothing of its reign is left. */
  @Test
  void consistentPairElectsAgainWhenTheFormerActiveIsBack() {
    VirtualCluster c = consistent(6);
    c.crash("a");
    c.advance(1_000);
    c.start("a");
    c.until("failover", 500, _ -> {}, v -> v.actives().equals(List.of("b")));
    assertThat(c.coldStarts).hasSize(1);
  }

  /** Its gate shuts while it stands still, but nobody can have been elected meanwhile. */
  @Test
  @Tag("FO-42")
  void pausedConsistentActiveGoesOnInItsEpoch() {
    VirtualCluster c = consistent(7);
    Epoch epoch = epochOf(c, "a");
    c.pause("a", 300 * MILLI);
    c.advance(301);
    assertThat(c.actives()).isEmpty();
    c.until("going on", 60, _ -> {}, v -> v.machine("a").open());
    assertThat(epochOf(c, "a")).isEqualTo(epoch);
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Lapsed);
  }

  @Test
  @Tag("FO-43")
  void availableStandbyTakesOverAlone() {
    for (long seed = 0; seed < 100; seed++) {
      VirtualCluster c = available(seed);
      c.advance(c.random.nextLong(300));
      c.crash("a");
      long nanos = c.until("failover", 100, _ -> {}, v -> v.machine("b").open());
      assertThat(nanos).as("seed %s", seed).isLessThan(Timing.STANDARD.worstElectionNanos());
      assertThat(c.coldStarts).hasSize(1);
    }
  }

  /** Two of two would never be heard again, and one is enough to decide here. */
  @Test
  void lateLonelyNodeTrustsItselfAgain() {
    VirtualCluster c = available(8);
    c.crash("a");
    c.pause("b", 500 * MILLI);
    c.advance(501);
    assertThat(c.verdicts).anyMatch(v -> v instanceof Verdict.Late);
    c.until("failover", 100, _ -> {}, v -> v.machine("b").open());
  }

  @Test
  @Tag("FO-33")
  void lateStandbyOfAPairAccusesNobody() {
    VirtualCluster c = available(9);
    c.pause("b", 3_000 * MILLI);
    c.advance(3_500);
    assertThat(c.actives()).containsExactly("a");
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Suspected);
  }

  @Test
  @Tag("FO-43")
  void lowerEpochYieldsOnHealingAndItsStateIsKeptAside() {
    VirtualCluster c = available(10);
    Epoch lower = epochOf(c, "a");
    c.isolate("a");
    c.until("failover", 100, _ -> {}, v -> v.machine("b").open());
    c.advance(1_000);
    assertThat(c.actives()).containsExactly("a", "b");
    c.heal();
    c.until("yielding", 20, _ -> {}, v -> v.actives().equals(List.of("b")));
    c.until("state aside", 20, _ -> {}, v -> v.machine("a").aside.equals(List.of(lower)));
    assertThat(c.verdicts).contains(new Verdict.KeptAside(VirtualCluster.WORKLOAD, lower, "b"));
    c.until("protection", 2_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(c.view("b").orElseThrow().standby()).isEqualTo("a");
  }

  /** One that hears its peer needs its vote, so that not both take the workload. */
  @Test
  @Tag("FO-43")
  void pairThatHearsEachOtherElectsOneOnly() {
    for (long seed = 0; seed < 300; seed++) {
      GroupConfig group = VirtualCluster.group(GroupConfig.Quorum.PAIR_AVAILABILITY, "a", "b");
      VirtualCluster c = new VirtualCluster(Timing.FAST, seed, group);
      c.loss = 0.1;
      c.startAll();
      c.until("election", 5_000, _ -> {}, v -> !v.actives().isEmpty());
      for (int i = 0; i < 100; i++) {
        c.advance(1);
        assertThat(c.actives()).as("seed %s", seed).hasSizeLessThan(2);
      }
    }
  }
}
