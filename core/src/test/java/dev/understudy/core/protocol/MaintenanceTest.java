// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An active's agent is restarted under a lease of seconds, and its gate stays open. */
@Tag("FO-41")
class MaintenanceTest {
  private static final Timing TIMING = Timing.STANDARD;
  private static final long LEASE = 2_000 * MILLI;

  private static VirtualCluster protectedCluster(long seed) {
    VirtualCluster c = new VirtualCluster(TIMING, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    return c;
  }

  /** The agent of the active has ended, with a lease of two seconds. */
  private static VirtualCluster away(long seed) {
    VirtualCluster c = protectedCluster(seed);
    grant(c);
    c.endAgent("a");
    return c;
  }

  private static void grant(VirtualCluster c) {
    c.askMaintenance("a", LEASE);
    c.until("maintenance", 200, _ -> {}, v -> v.machine("a").parked.isPresent());
  }

  private static Epoch epochOf(VirtualCluster c, String node) {
    return c.view(node).orElseThrow().epoch();
  }

  private static long elections(VirtualCluster c) {
    return c.verdicts.stream().filter(v -> v instanceof Verdict.Elected).count();
  }

  @Test
  void restartedAgentGoesOnInTheSameReignAndItsGateNeverShuts() {
    for (long seed = 0; seed < 50; seed++) {
      VirtualCluster c = protectedCluster(seed);
      Epoch epoch = epochOf(c, "a");
      grant(c);
      c.endAgent("a");
      for (int i = 0; i < 1_500; i++) {
        c.advance(1);
        assertThat(c.actives()).as("seed %s", seed).containsExactly("a");
      }
      c.resumeAgent("a");
      for (int i = 0; i < 2_000; i++) {
        c.advance(1);
        assertThat(c.actives()).as("seed %s", seed).containsExactly("a");
      }
      assertThat(epochOf(c, "a")).isEqualTo(epoch);
      assertThat(elections(c)).isEqualTo(1);
      assertThat(c.verdicts).contains(new Verdict.MaintenanceEnded("count", epoch));
      assertThat(c.isProtected()).isTrue();
    }
  }

  /** A slow disk keeps the new agent until its silence is over: it resumes both reigns. */
  @Test
  void allReignsAreTakenUpBeforeAnythingElse() {
    List<String> nodes = List.of("a", "b", "c");
    List<GroupConfig> groups = new ArrayList<>();
    for (String workload : List.of("w1", "w2")) {
      groups.add(
          new GroupConfig(workload, nodes, nodes, GroupConfig.Quorum.MAJORITY, true, 200 * MILLI));
    }
    DurableState disk = DurableState.NEW.nextStart(LEASE).nextStart(LEASE);
    FailoverNode a = Nodes.node("a", TIMING, groups, disk, 0);
    long now = LEASE + 500 * MILLI;
    long until = now + 100 * MILLI;
    for (GroupConfig group : groups) {
      Epoch epoch = new Epoch(1, "a");
      ParkedReign reign = new ParkedReign(group.workload(), epoch, epoch, 1, until, 7);
      assertThat(a.step(new Input.Resumed(now, reign, until, true)).thenRun()).isEmpty();
    }
    assertThat(a.views()).hasSize(2).allMatch(GroupView::leading);
  }

  @Test
  void checkpointsOfTheResumedReignAreNewerThanThoseBefore() {
    VirtualCluster c = away(1);
    GenerationId before = c.machine("b").copy;
    c.resumeAgent("a");
    c.until("checkpoint", 1_000, _ -> {}, v -> v.machine("b").copy.newerThan(before));
    assertThat(c.view("a").orElseThrow().standby()).isEqualTo("b");
  }

  @Test
  void endedMaintenanceLeavesOrdinaryPromisesOnly() {
    for (long seed = 0; seed < 50; seed++) {
      VirtualCluster c = away(seed);
      c.advance(300);
      c.resumeAgent("a");
      c.advance(20 + c.random.nextLong(50));
      c.crash("a");
      long nanos = c.until("failover", 2_500, _ -> {}, v -> v.machine("b").open());
      assertThat(nanos).as("seed %s", seed).isLessThan(TIMING.worstElectionNanos());
    }
  }

  @Test
  void cancelledMaintenanceLeavesOrdinaryPromisesOnly() {
    VirtualCluster c = protectedCluster(2);
    grant(c);
    c.cancelMaintenance("a");
    c.advance(20);
    c.crash("a");
    long nanos = c.until("failover", 2_500, _ -> {}, v -> v.machine("b").open());
    assertThat(nanos).isLessThan(TIMING.worstElectionNanos());
  }

  @Test
  void agentThatIsNotRestartedReturnsToOrdinaryLeasesInTime() {
    VirtualCluster c = protectedCluster(3);
    grant(c);
    for (int i = 0; i < 3_000; i++) {
      c.advance(1);
      assertThat(c.actives()).containsExactly("a");
    }
    assertThat(elections(c)).isEqualTo(1);
    c.until("fresh checkpoint", 1_000, _ -> {}, VirtualCluster::isProtected);
  }

  @Test
  void agentThatStaysAwayIsSucceededWhenTheLeaseIsOver() {
    VirtualCluster c = away(4);
    long shut = c.until("end", 2_100, _ -> {}, v -> !v.machine("a").open());
    assertThat(shut).isGreaterThan(LEASE - 50 * MILLI);
    long most = TIMING.worstElectionNanos() + 5 * MILLI;
    assertThat(c.until("failover", 200, _ -> {}, v -> v.machine("b").open())).isLessThan(most);
    c.resumeAgent("a");
    c.until("discard", 200, _ -> {}, v -> !v.machine("a").process);
    assertThat(c.actives()).containsExactly("b");
    assertThat(c.coldStarts).hasSize(1);
  }

  /** As after any lapse, the frozen process may go on when nobody else was elected. */
  @Test
  void agentThatIsLateReleasesAndMayBeElectedAgain() {
    VirtualCluster c = protectedCluster(5);
    Epoch epoch = epochOf(c, "a");
    grant(c);
    c.endAgent("a");
    c.crash("b");
    c.until("end", 2_100, _ -> {}, v -> !v.machine("a").open());
    c.resumeAgent("a");
    c.until("election", 500, _ -> {}, v -> v.machine("a").open());
    assertThat(epochOf(c, "a").above(epoch)).isTrue();
    assertThat(c.coldStarts).hasSize(1);
  }

  @Test
  void programThatEndedMeanwhileIsSucceededAtOnce() {
    VirtualCluster c = away(6);
    c.advance(200);
    c.machine("a").process = false;
    c.resumeAgent("a");
    assertThat(c.until("failover", 100, _ -> {}, v -> v.machine("b").open()))
        .isLessThan(10 * MILLI);
  }

  /**
   * The record may be of a reign that is over; only the kernel's deadline proves that it is not.
   */
  @Test
  void staleRecordIsNotResumed() {
    VirtualCluster c = protectedCluster(7);
    Epoch epoch = epochOf(c, "a");
    grant(c);
    c.cancelMaintenance("a");
    c.advance(100);
    c.endAgent("a");
    c.resumeAgent("a");
    assertThat(c.verdicts)
        .anyMatch(v ->
            v instanceof Verdict.Resumed(_, var e, var goesOn, _) && e.equals(epoch) && !goesOn);
    c.until("failover", 20, _ -> {}, v -> v.machine("b").open());
    assertThat(c.machine("a").process).isFalse();
  }

  @Test
  void maintenanceIsRefusedWhenNobodyCanPromiseForSoLong() {
    VirtualCluster c = protectedCluster(8);
    c.machine("b").diskWorks = false;
    c.machine("c").diskWorks = false;
    c.askMaintenance("a", LEASE);
    c.advance(1_500);
    assertThat(c.machine("a").parked).isEmpty();
    assertThat(c.verdicts).anyMatch(v -> v instanceof Verdict.MaintenanceRefused);
    c.crash("a");
    long nanos = c.until("failover", 200, _ -> {}, v -> v.machine("b").open());
    assertThat(nanos).isLessThan(TIMING.worstElectionNanos());
  }

  /**
   * Only b has promised for so long. If it forgot that, it could elect c while a's gate is open.
   */
  @Test
  @Tag("FO-21")
  void voterThatIsRestartedMeanwhileKeepsSilentForTheLongPromise() {
    for (long seed = 0; seed < 20; seed++) {
      VirtualCluster c = protectedCluster(seed);
      c.cut("a", "c");
      c.cut("c", "a");
      grant(c);
      c.endAgent("a");
      c.heal();
      c.advance(100);
      c.restartAgent("b");
      c.until("end", 2_100, _ -> {}, v -> !v.machine("a").open());
      assertThat(elections(c)).isEqualTo(1);
    }
  }

  @Test
  @Tag("FO-22")
  void diskForgetsLongPromisesOnceTheyAreOver() {
    VirtualCluster c = away(9);
    long longest = TIMING.promiseNanos(LEASE);
    assertThat(c.machine("b").disk.longestPromiseNanos()).isEqualTo(longest);
    c.resumeAgent("a");
    c.advance(1_200);
    assertThat(c.machine("b").disk.longestPromiseNanos()).isEqualTo(TIMING.promiseNanos());
    assertThat(c.machine("a").disk.longestPromiseNanos()).isEqualTo(longest);
    c.advance(1_000);
    assertThat(c.machine("a").disk.longestPromiseNanos()).isEqualTo(TIMING.promiseNanos());
  }

  /** A restarted agent that reads its gate back as shut voids the promises to its former life. */
  @Test
  @Tag("FO-11")
  void shutGateReadBackIsARelease() {
    VirtualCluster c = protectedCluster(10);
    c.endAgent("a");
    c.resumeAgent("a");
    // Whom the question reached before the release is asked again with the next beat.
    assertThat(c.until("failover", 20, _ -> {}, v -> v.machine("b").open()))
        .isLessThan(2 * TIMING.beatNanos());
  }

  /** Whoever hears that the long promise is over may vote for others at once. */
  @Test
  void promisesAreCutOnlyAfterTheGateWasMovedBack() {
    GroupConfig pair = VirtualCluster.group(GroupConfig.Quorum.PAIR_CONSISTENCY, "a", "b");
    LoneNode a = new LoneNode("a", pair, TIMING);
    a.passSilence();
    a.hear("b", Row.Stand.PASSIVE, Epoch.NONE, Row.NO_TIME);
    Epoch reign = a.candidature("b");
    a.echo("b", reign, a.now());
    a.take(t -> new Input.Running(t, "count", reign));
    a.take(t -> new Input.MaintenanceAsked(t, "count", LEASE));
    assertThat(a.told("b").askNanos()).isEqualTo(LEASE);
    a.beatUntilTold("b", row -> row.askNanos() == Row.KEEP);
    a.take(t -> new Input.MaintenanceCancelled(t, "count"));
    a.beat();
    a.beat();
    assertThat(a.told("b").askNanos()).isEqualTo(Row.KEEP);
    a.take(t -> new Input.GateNarrowed(t, "count"));
    assertThat(a.told("b").askNanos()).isEqualTo(Row.ORDINARY);
  }

  @Test
  void pairsAgreeOnMaintenanceToo() {
    for (GroupConfig.Quorum quorum :
        List.of(GroupConfig.Quorum.PAIR_CONSISTENCY, GroupConfig.Quorum.PAIR_AVAILABILITY)) {
      VirtualCluster c =
          new VirtualCluster(TIMING, 11, VirtualCluster.group(quorum, "a", "b")).startAll();
      c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
      Epoch epoch = epochOf(c, "a");
      grant(c);
      c.endAgent("a");
      c.advance(1_500);
      c.resumeAgent("a");
      c.advance(1_000);
      assertThat(c.actives()).containsExactly("a");
      assertThat(epochOf(c, "a")).isEqualTo(epoch);
      assertThat(elections(c)).isEqualTo(1);
    }
  }
}
