// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why a node did, or did not, take over: one sentence for each rule. */
class ExplainTest {
  private static VirtualCluster protectedCluster(long seed) {
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    return c;
  }

  private static List<Finding> explain(VirtualCluster c, String node) {
    return c.machine(node).agent.orElseThrow().explain(VirtualCluster.WORKLOAD);
  }

  private static Finding finding(VirtualCluster c, String node, Rule rule) {
    return explain(c, node).stream().filter(f -> f.rule() == rule).findFirst().orElseThrow();
  }

  private static void against(VirtualCluster c, String node, Rule rule, String text) {
    Finding finding = finding(c, node, rule);
    assertThat(finding.text()).contains(text);
    assertThat(finding.against()).isTrue();
  }

  @Test
  void activeTellsOfItsLease() {
    VirtualCluster c = protectedCluster(1);
    Finding lease = finding(c, "a", Rule.LEASE);
    assertThat(lease.text()).startsWith("reigns in epoch ").contains("gate open for another ");
    assertThat(lease.against()).isFalse();
  }

  @Test
  void standbyHearsTheActiveAndIsBoundToIt() {
    VirtualCluster c = protectedCluster(2);
    // Those that follow tell each other of their copies once in a window.
    c.advance(50);
    against(c, "b", Rule.SILENCE_WINDOW, "hears the active a, ");
    against(c, "b", Rule.PROMISE, "is bound to a in epoch ");
    against(c, "b", Rule.RANK, "rank 0: waits ");
    assertThat(finding(c, "b", Rule.STATE_PREFERENCE).text())
        .isEqualTo("holds generation " + c.machine("b").copy + ", nobody holds newer");
    against(c, "c", Rule.STATE_PREFERENCE, "holds generation none, b holds ");
    assertThat(finding(c, "c", Rule.LATENESS).text()).isEqualTo("was never late itself");
  }

  @Test
  void lateNodeSaysWhatItWaitsFor() {
    VirtualCluster c = protectedCluster(3);
    c.isolate("b");
    c.pause("b", 60 * MILLI);
    c.advance(61);
    against(c, "b", Rule.LATENESS, "and has not heard enough others since");
    c.heal();
    c.until("words", 10, _ -> {}, v -> finding(v, "b", Rule.LATENESS).text().contains("trusts"));
    against(c, "b", Rule.LATENESS, ", trusts itself again in ");
  }

  @Test
  void restartedNodeIsSilent() {
    VirtualCluster c = protectedCluster(4);
    c.restartAgent("b");
    c.advance(1);
    against(c, "b", Rule.RESTART_SILENCE, "is silent after its start for another ");
  }

  @Test
  void nodeWithoutAMajoritySaysWhoWouldVote() {
    VirtualCluster c = protectedCluster(5);
    c.isolate("b");
    c.advance(40);
    against(c, "b", Rule.PRE_VOTE, "would be elected by [b] of [a, b, c]");
    assertThat(finding(c, "b", Rule.SILENCE_WINDOW).against()).isFalse();
  }

  @Test
  void maintenanceKeepsStandbysFromStanding() {
    VirtualCluster c = protectedCluster(6);
    c.askMaintenance("a", 2_000 * MILLI);
    c.until("maintenance", 200, _ -> {}, v -> v.machine("a").parked.isPresent());
    c.endAgent("a");
    c.advance(200);
    against(c, "b", Rule.MAINTENANCE, "keeps a maintenance promise");
  }

  @Test
  void witnessIsNotARunnerAndCodesAreUnique() {
    List<String> three = List.of("a", "b", "w");
    GroupConfig group =
        new GroupConfig(
            VirtualCluster.WORKLOAD,
            three,
            List.of("a", "b"),
            GroupConfig.Quorum.MAJORITY,
            true,
            200 * MILLI);
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, 7, group).startAll();
    c.advance(100);
    against(c, "w", Rule.ROLE, "only votes");
    assertThat(Rule.values()).extracting(Rule::code).doesNotHaveDuplicates();
    assertThatThrownBy(() -> c.machine("w").agent.orElseThrow().explain("other"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
