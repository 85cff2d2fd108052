// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three nodes that lose two, when the user wants the active to go on. */
class WithoutQuorumTest {
  private static final List<String> MEMBERS = List.of("a", "b", "c");

  static GroupConfig continuing() {
    return new GroupConfig(
        VirtualCluster.WORKLOAD,
        MEMBERS,
        MEMBERS,
        GroupConfig.Quorum.MAJORITY,
        true,
        200 * MILLI,
        GroupConfig.WithoutQuorum.CONTINUE);
  }

  private static VirtualCluster protectedCluster(long seed) {
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, seed, continuing()).startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    return c;
  }

  private static Epoch epochOf(VirtualCluster c, String node) {
    return c.view(node).orElseThrow().epoch();
  }

  private static VirtualCluster alone(long seed) {
    VirtualCluster c = protectedCluster(seed);
    c.crash("b");
    c.crash("c");
    c.advance(500);
    return c;
  }

  @Test
  @Tag("FO-44")
  void activeThatLostAllOthersGoesOnAndSaysSo() {
    VirtualCluster c = protectedCluster(1);
    Epoch before = epochOf(c, "a");
    c.crash("b");
    c.crash("c");
    c.advance(40);
    for (int i = 0; i < 300; i++) {
      c.advance(1);
      assertThat(c.actives()).containsExactly("a");
    }
    assertThat(epochOf(c, "a")).isEqualTo(before);
    assertThat(c.verdicts).contains(new Verdict.Alone(VirtualCluster.WORKLOAD, before));
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Lapsed);
  }

  @Test
  @Tag("FO-44")
  void activeThatIsHeardButNotFollowedDoesNotGoOn() {
    VirtualCluster c = protectedCluster(2);
    // It hears the others, which do not hear it and elect one of them.
    c.cut("a", "b");
    c.cut("a", "c");
    c.advance(200);
    assertThat(c.actives()).containsExactly("b");
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Alone);
  }

  @Test
  @Tag("FO-44")
  void activeThatStoodStillItselfDoesNotGoOn() {
    VirtualCluster c = protectedCluster(3);
    c.crash("b");
    c.crash("c");
    c.pause("a", 100 * MILLI);
    c.advance(500);
    assertThat(c.actives()).isEmpty();
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Alone);
  }

  @Test
  @Tag("FO-44")
  void isolatedActiveYieldsToTheMajorityWhenItHealsAndKeepsItsStateAside() {
    VirtualCluster c = protectedCluster(4);
    Epoch lower = epochOf(c, "a");
    c.isolate("a");
    c.until("failover", 200, _ -> {}, v -> v.machine("b").open());
    c.advance(500);
    assertThat(c.actives()).containsExactly("a", "b");
    c.heal();
    c.until("yielding", 20, _ -> {}, v -> v.actives().equals(List.of("b")));
    c.until("state aside", 20, _ -> {}, v -> v.machine("a").aside.contains(lower));
    c.until("protection", 2_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(epochOf(c, "b")).matches(e -> e.above(lower));
  }

  /** A raise would outdo the majority's own choice, which only c tells it about. */
  @Test
  @Tag("FO-19")
  @Tag("FO-44")
  void isolatedActiveIsNotRaisedAboveTheMajoritysReign() {
    VirtualCluster c = protectedCluster(5);
    Epoch lower = epochOf(c, "a");
    c.isolate("a");
    c.until("failover", 200, _ -> {}, v -> v.machine("b").open());
    Epoch higher = epochOf(c, "b");
    c.heal();
    c.cut("a", "b");
    c.cut("b", "a");
    c.until("yielding", 100, _ -> {}, v -> v.actives().equals(List.of("b")));
    c.advance(300);
    assertThat(c.actives()).containsExactly("b");
    assertThat(epochOf(c, "b")).isEqualTo(higher);
    assertThat(epochOf(c, "a").counter()).isLessThanOrEqualTo(higher.counter());
    assertThat(c.machine("a").openedFor).isEqualTo(lower);
  }

  @Test
  @Tag("FO-44")
  void lonelyActiveGetsItsLeaseBackFromVotersThatFollowIt() {
    VirtualCluster c = protectedCluster(6);
    Epoch epoch = epochOf(c, "a");
    c.crash("b");
    c.isolate("a");
    c.advance(500);
    c.heal();
    c.until("lease", 50, _ -> {}, v -> said(v, new Verdict.Accompanied("count", epoch)));
    assertThat(c.actives()).containsExactly("a");
    c.advance(100);
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Lapsed);
  }

  private static boolean said(VirtualCluster c, Verdict verdict) {
    return c.verdicts.contains(verdict);
  }

  /** Restarted voters refuse its number, and it has no lease that would allow a higher one. */
  @Test
  void lonelyActiveIsElectedAgainByRestartedVoters() {
    VirtualCluster c = alone(7);
    c.start("b");
    c.start("c");
    c.until("election", 1_000, _ -> {}, v -> v.actives().equals(List.of("a")) && elections(v) == 2);
    assertThat(c.coldStarts).hasSize(1);
    c.until("protection", 2_000, _ -> {}, VirtualCluster::isProtected);
  }

  private static long elections(VirtualCluster c) {
    return c.verdicts.stream().filter(v -> v instanceof Verdict.Elected).count();
  }

  /** Its gate shuts while it stands still; that must not be the end when nobody else is there. */
  @Test
  void pausedLonelyActiveListensForAWindowAndGoesOn() {
    VirtualCluster c = alone(8);
    Epoch epoch = epochOf(c, "a");
    c.pause("a", 200 * MILLI);
    c.advance(201);
    assertThat(c.actives()).isEmpty();
    c.advance(Timing.STANDARD.windowNanos() / MILLI + 10);
    assertThat(c.actives()).containsExactly("a");
    assertThat(epochOf(c, "a")).isEqualTo(epoch);
  }

  @Test
  void onlyGroupsWithAMajorityMayContinueWithout() {
    List<String> two = List.of("a", "b");
    for (GroupConfig.Quorum quorum : GroupConfig.Quorum.values()) {
      Assertions.assertThatThrownBy(() ->
              new GroupConfig(
                  "count", two, two, quorum, true, 1, GroupConfig.WithoutQuorum.CONTINUE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(quorum.name());
    }
  }
}
