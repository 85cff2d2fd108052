// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that elects itself for five workloads, of which it may take over two at a time. */
@Tag("FO-48")
class StormGuardTest {
  private static final Timing TIMING = Timing.STANDARD;
  private static final long SECOND = 1_000_000_000L;

  private final FailoverNode node = node(2);
  private final List<String> started = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private long now;

  private static FailoverNode node(int takeoversAtOnce) {
    List<GroupConfig> groups = new ArrayList<>();
    for (String workload : List.of("w1", "w2", "w3", "w4", "w5")) {
      groups.add(
          new GroupConfig(workload, List.of("a"), List.of("a"), Quorum.MAJORITY, false, SECOND));
    }
    DurableState durable = DurableState.NEW.nextStart(TIMING.promiseNanos());
    return new FailoverNode(
        "a", TIMING, groups, durable, 0, takeoversAtOnce, new SplittableRandom(1));
  }

  private void step(Input input) {
    Outcome outcome = node.step(input);
    verdicts.addAll(outcome.verdicts());
    for (Command command : outcome.thenRun()) {
      switch (command) {
        case Command.Start(var workload, _) -> started.add(workload);
        case Command.ShutGate(var workload, _) -> step(new Input.GateShut(now, workload));
        default -> {}
      }
    }
  }

  /** Beat after beat, as the node itself would. */
  private void pass(long nanos) {
    long end = now + nanos;
    while (now < end) {
      now = Math.min(end, now + TIMING.beatNanos());
      step(new Input.Tick(now));
    }
  }

  private void passUntilSomethingStarts() {
    int before = started.size();
    for (int i = 0; i < 1_000 && started.size() == before; i++) {
      pass(TIMING.beatNanos());
    }
  }

  private Epoch epoch(String workload) {
    return node.views().stream()
        .filter(view -> view.workload().equals(workload))
        .findFirst()
        .orElseThrow()
        .epoch();
  }

  @Test
  void othersWaitUntilProgramsRunOrHaveFailed() {
    passUntilSomethingStarts();
    pass(SECOND / 10);
    assertThat(started).containsExactly("w1", "w2");
    assertThat(verdicts)
        .contains(new Verdict.HeldBack("w3", 2, 2), new Verdict.HeldBack("w5", 2, 2));

    step(new Input.Running(now, "w2", epoch("w2")));
    assertThat(started).as("in the same step").containsExactly("w1", "w2", "w3");
    step(new Input.Failed(now, "w1", epoch("w1"), "exit status 1"));
    assertThat(started).containsExactly("w1", "w2", "w3", "w4");
    pass(SECOND / 10);
    assertThat(started).hasSize(4);
    assertThat(verdicts.stream().filter(Verdict.HeldBack.class::isInstance))
        .as("said once of each")
        .hasSize(3);
  }

  @Test
  void whatDoesNotStartKeepsOthersWaitingForASecondOnly() {
    passUntilSomethingStarts();
    pass(SECOND - TIMING.beatNanos());
    assertThat(started).containsExactly("w1", "w2");
    pass(2 * TIMING.beatNanos());
    assertThat(started).containsExactly("w1", "w2", "w3", "w4");
    pass(SECOND + TIMING.beatNanos());
    assertThat(started).containsExactly("w1", "w2", "w3", "w4", "w5");
  }

  @Test
  void explainSaysWhoWaits() {
    passUntilSomethingStarts();
    pass(TIMING.beatNanos());
    assertThat(node.explain("w4"))
        .filteredOn(Finding::against)
        .containsExactly(
            new Finding(Rule.STORM_GUARD, true, "takes 2 of at most 2 workloads over now"));
  }

  @Test
  void aNodeThatTakesNothingOverIsRefused() {
    assertThatThrownBy(() -> node(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 takeovers");
  }
}
