// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.api.control.WorkloadExplanation.Decision;
import dev.understudy.api.control.WorkloadExplanation.RuleFinding;
import dev.understudy.lab.bench.Waits;
import dev.understudy.lab.chaos.Chaos;
import dev.understudy.lab.chaos.ChaosReport;
import dev.understudy.lab.chaos.Strike;
import dev.understudy.lab.chaos.Watch;
import dev.understudy.lab.cluster.FaultKind;
import dev.understudy.lab.cluster.FaultSpec;
import dev.understudy.lab.cluster.NodeExplanation;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each kind of fault once, on one lab, under load and under an observer's eyes. A failover that
 * nobody asked for may come at any time on a busy machine; two nodes that speak at once may not.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultKindsE2E {
  private @Nullable TestLab lab;
  private @Nullable Watch watch;
  private String active = "";
  private String standby = "";
  private String third = "";

  @BeforeAll
  void up(@TempDir Path folder) throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    lab = TestLab.up(folder, tools, TestLab.cluster("e2e-kinds", FaultsE2E.count(tools)));
  }

  @AfterAll
  void down() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  private TestLab lab() {
    return Objects.requireNonNull(lab);
  }

  private Watch watch() {
    return Objects.requireNonNull(watch);
  }

  private WorkloadSpec count() {
    return lab().lab.cluster().workloads().getFirst();
  }

  @BeforeEach
  void begin() throws Exception {
    watch = Watch.start(lab().lab, count());
    look();
  }

  private void look() throws Exception {
    Waits.Active now = watch().awaitWhole("before the fault");
    active = now.node();
    standby = now.workload().standbyNode();
    third =
        lab().nodes().stream()
            .filter(n -> !n.equals(active) && !n.equals(standby))
            .findFirst()
            .orElseThrow();
  }

  @AfterEach
  void nobodySpokeOutOfTurn() throws Exception {
    try (Watch ending = watch()) {
      assertThat(ending.bursts()).as("the observer sees the load's answers").isNotEmpty();
      assertThat(ending.overlaps()).as(lab()::evidence).isEmpty();
    }
  }

  private Strike strike(FaultSpec fault, long millis) throws Exception {
    Strike strike = watch().strike(fault, active, "", millis * 1_000_000L);
    assertThat(strike.problem()).as(lab()::evidence).isEmpty();
    return strike;
  }

  /** The active cannot renew its lease: its output ends with it, and a new reign begins. */
  private void strikeActive(FaultKind kind, long millis) throws Exception {
    int reigns = watch().reigns().reigns().size();
    Strike strike = strike(FaultSpec.of(kind, active), millis);
    System.out.println(strike);
    assertThat(strike.outputMs()).as("how long it was heard").isNotNull();
    assertThat(watch().reigns().reigns()).as(lab()::evidence).hasSizeGreaterThan(reigns);
  }

  @Test
  void partitionedActiveFallsSilentWithinItsLease() throws Exception {
    strikeActive(FaultKind.PARTITION, 500);
  }

  @Test
  void deafActiveFallsSilentWithinItsLease() throws Exception {
    strikeActive(FaultKind.DEAF, 500);
  }

  @Test
  void muteActiveFallsSilentWithinItsLease() throws Exception {
    strikeActive(FaultKind.MUTE, 500);
  }

  @Test
  void activeThatOnePeerDoesNotHearStaysOrGivesWay() throws Exception {
    strike(FaultSpec.of(FaultKind.MUTE, active).towards(standby), 500);
    look();
    strike(FaultSpec.of(FaultKind.DEAF, active).towards(third), 500);
  }

  @Test
  void stoppedAgentOpensNothingWhenItWakesAfterASecond() throws Exception {
    strikeActive(FaultKind.STOP_AGENT, 1_000);
  }

  @Test
  void stoppedAgentOpensNothingWhenItWakesAfterTenSeconds() throws Exception {
    strikeActive(FaultKind.STOP_AGENT, 10_000);
  }

  @Test
  void killedAgentLeavesNothingOpen() throws Exception {
    strikeActive(FaultKind.KILL_AGENT, 0);
  }

  @Test
  void nodesExplainWhoTookOverAndWhoDidNot() throws Exception {
    strike(FaultSpec.of(FaultKind.CRASH, active), 300);
    String former = active;
    look();
    String next = active;
    List<String> idle =
        lab().nodes().stream().filter(n -> !n.equals(former) && !n.equals(next)).toList();
    assertThat(explanation(next).decisions())
        .extracting(Decision::kind)
        .contains(NodeEvent.SUSPECTED, NodeEvent.ELECTED);
    assertThat(explanation(idle.getFirst()).decisions())
        .filteredOn(d -> d.text().startsWith(next + " asked"))
        .isNotEmpty()
        .extracting(d -> d.findings().stream().map(RuleFinding::rule).toList())
        .allMatch(FaultKindsE2E::saysWhyNot);
    lab().await("a reign that explains itself", this::oneReignsAndOneSaysWhyNot);
    assertThatThrownBy(() -> lab().lab.explain("cuont", Optional.empty()))
        .hasMessageContaining("has no workload cuont; it has count.");
    assertThatThrownBy(() -> lab().lab.explain("count", Optional.of("z")))
        .hasMessageContaining("has no node z");
  }

  /** Who reigned itself until then has but one reason, any other weighs each rule. */
  private static boolean saysWhyNot(List<String> rules) {
    return rules.equals(List.of("lease"))
        || rules.equals(List.of("release"))
        || rules.containsAll(List.of("role", "state-preference", "rank", "promise"));
  }

  private boolean oneReignsAndOneSaysWhyNot() throws Exception {
    List<String> reigning = lab().actives("count");
    if (reigning.size() != 1) {
      return false;
    }
    String other =
        lab().nodes().stream().filter(n -> !reigning.contains(n)).findFirst().orElseThrow();
    return explanation(reigning.getFirst()).now().stream()
            .map(RuleFinding::rule)
            .toList()
            .equals(List.of("lease"))
        && explanation(other).now().stream()
            .anyMatch(f -> f.against() && f.rule().equals("silence-window"));
  }

  @Test
  void agentThatDoesNotComeBackIsReplacedWhenItsLeaseEnds() throws Exception {
    String former = active;
    NodeStatus before = lab().status(former).orElseThrow();
    // The next agents find no cluster file, and end at once.
    String hide = "mv /run/understudy-lab/cluster.yaml /run/hidden";
    OciArchive.run(lab().lab.execCommand(former, List.of("sh", "-c", hide)));
    ExecutorService restarting = Executors.newFixedThreadPool(1);
    try (restarting) {
      Future<?> never = restarting.submit(() -> lab().lab.restartAgent(former, 3_000));
      lab()
          .await(
              "another active",
              () -> lab().actives("count").stream().anyMatch(n -> !n.equals(former)));
      String show = "mv /run/hidden /run/understudy-lab/cluster.yaml";
      OciArchive.run(lab().lab.execCommand(former, List.of("sh", "-c", show)));
      assertThatThrownBy(never::get).hasMessageContaining("lost its reign");
    }
    assertThat(lab().awaitWhole("count")).isNotEqualTo(former);
    assertThat(lab().status(former).orElseThrow().incarnation())
        .isGreaterThan(before.incarnation());
  }

  @Test
  void nodeWithOtherTimesIsNamedAndNotCounted() throws Exception {
    String file = "/run/understudy-lab/cluster.yaml";
    restartAgent(
        third,
        "cp %1$s /run/usual; sed -i 's/^timing: standard/timing: {driftPpm: 400}/' %1$s"
            .formatted(file));
    lab()
        .await(
            "both sides to notice",
            () ->
                lab().status(active).orElseThrow().configuredOtherwise().equals(List.of(third))
                    && lab().status(third).orElseThrow().configuredOtherwise().size() == 2);
    NodeStatus seen = lab().status(active).orElseThrow();
    assertThat(seen.peersHeard()).doesNotContain(third);
    assertThat(seen.datagrams().configuration()).isPositive();
    assertThat(lab().status(third).orElseThrow().peersHeard()).isEmpty();
    restartAgent(third, "cp /run/usual " + file);
    lab().awaitWhole("count");
  }

  private void restartAgent(String node, String after) throws Exception {
    NodeStatus before = lab().status(node).orElseThrow();
    String script = after + "; kill -9 " + before.pid();
    OciArchive.run(lab().lab.execCommand(node, List.of("sh", "-c", script)));
    lab()
        .await(
            "the agent of " + node + " back",
            () ->
                lab().status(node).filter(s -> s.incarnation() > before.incarnation()).isPresent());
  }

  private WorkloadExplanation explanation(String node) throws Exception {
    NodeExplanation answer = lab().lab.explain("count", Optional.of(node)).getFirst();
    return Objects.requireNonNull(answer.explanation(), answer.problem());
  }

  @Test
  void lossOfAFifthOfTheFramesIsSurvived() throws Exception {
    strike(FaultSpec.of(FaultKind.LOSS, active), 2_000);
  }

  @Test
  void delayedAndReorderedFramesAreSurvived() throws Exception {
    strike(FaultSpec.of(FaultKind.DELAY, active), 2_000);
  }

  @Test
  void computingProgramsAreSurvived() throws Exception {
    strike(FaultSpec.of(FaultKind.HOG, active), 1_000);
  }

  @Test
  void lostWitnessIsReplacedByNobodyAndMissedByNobody() throws Exception {
    strike(FaultSpec.of(FaultKind.CRASH, third), 300);
  }

  @Test
  void activeKeepsItsStateWhenBothOthersAreLost() throws Exception {
    strike(FaultSpec.of(FaultKind.CRASH, standby, third), 300);
  }

  @Test
  void clusterComesBackWhenThePowerDoes() throws Exception {
    strike(FaultSpec.of(FaultKind.CRASH, lab().nodes()), 300);
  }

  @Test
  void flushedFiltersOpenNoGate() throws Exception {
    strike(FaultSpec.of(FaultKind.FLUSH_FILTERS, lab().nodes()), 300);
  }

  @Test
  void chaosOfAFewFaultsEndsWell() throws Exception {
    ChaosReport report = new Chaos(lab().lab, count(), System.out::println).run(15, 7);
    assertThat(report.good()).as(String.join("\n", report.lines())).isTrue();
  }
}
