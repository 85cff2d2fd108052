// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node does after its start, with its disk, and after a pause. */
class RestartRulesTest {
  private static final long MILLI = 1_000_000L;
  private static final long PROMISE = Prompter.TIMING.promiseNanos();
  private static final Epoch EPOCH = new Epoch(5, "b");

  private static FailoverNode node(Timing timing, DurableState durable) {
    return Nodes.node("a", timing, List.of(Prompter.group(false, "b", "c")), durable, 0);
  }

  @Test
  @Tag("FO-1")
  void timeThatRunsBackEndsTheAgent() {
    FailoverNode node = node(Timing.STANDARD, DurableState.NEW.nextStart(PROMISE));
    node.step(new Input.Tick(100));
    node.step(new Input.Tick(100));
    assertThatThrownBy(() -> node.step(new Input.Tick(99)))
        .hasMessage("broken: time never runs back: 99 against 100");
  }

  @Test
  @Tag("FO-2")
  void timesThatDoNotFitAreRefused() {
    Timing hasty = new Timing("test", 20 * MILLI, 30 * MILLI, 43 * MILLI, 1, 1, 1, 500);
    assertThatThrownBy(() -> node(hasty, DurableState.NEW.nextStart(PROMISE)))
        .hasMessageContaining("beat 20 ms is too long for lease 30 ms");
  }

  @Test
  @Tag("FO-22")
  void startThatIsNotOnDiskIsRefused() {
    assertThatThrownBy(() -> node(Timing.STANDARD, DurableState.NEW))
        .hasMessageContaining("the start was persisted");
  }

  @Test
  @Tag("FO-22")
  void datagramsCarryTheIncarnationOnDisk() {
    DurableState third = new DurableState(2, 1_000, PROMISE).nextStart(PROMISE);
    Prompter a = new Prompter(Prompter.group(false, "b", "c"), third, 0);
    a.pass(PROMISE);
    assertThat(a.sent).isNotEmpty().allMatch(d -> d.senderIncarnation() == 3);
  }

  /** What it is asked for lies above its floor, and nobody reigns that it would know of. */
  private static void assertThatItKeepsSilent(Prompter a) {
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
    a.beats("c", Words.requesting(new Epoch(1_001, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.sent).allMatch(d -> d.rows().getFirst().stand() == Row.Stand.PASSIVE);
  }

  @Test
  @Tag("FO-21")
  void silentUntilTheLongestPromiseIsOver() {
    long longest = 2_000 * MILLI;
    DurableState durable = new DurableState(1, 1_000, longest).nextStart(PROMISE);
    Prompter a = new Prompter(Prompter.group(false, "b", "c"), durable, 7_777);
    assertThatItKeepsSilent(a);
    a.pass(longest - 1);
    assertThatItKeepsSilent(a);
    a.pass(1);
    a.beats("c", Words.requesting(new Epoch(1_001, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(1_001, "c"));
  }

  @Test
  @Tag("FO-21")
  void silentNodeEchoesNoActive() {
    Prompter a = Prompter.fresh(false, "b", "c");
    a.beats("b", Words.reigning(EPOCH));
    a.pass(PROMISE - 1);
    a.beats("b", Words.reigning(EPOCH));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
    a.pass(1);
    a.beats("b", Words.reigning(EPOCH));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(EPOCH);
  }

  @Test
  @Tag("FO-21")
  void noQuestionBeforeTheSilenceIsOver() {
    Prompter a = Prompter.fresh(false, "b", "c");
    a.passUntil("asking");
    assertThat(a.now()).isEqualTo(PROMISE);
  }

  @Test
  @Tag("FO-15")
  @Tag("FO-17")
  void countersOfTheFormerLifeAreRefusedAndTheFloorIsNamed() {
    DurableState durable = new DurableState(1, 1_000, PROMISE).nextStart(PROMISE);
    Prompter a = new Prompter(Prompter.group(false, "b", "c"), durable, 0);
    a.pass(PROMISE);
    a.beats("b", Words.reigning(new Epoch(1_000, "b")));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.rowTo("b").highest().counter()).isEqualTo(1_000);
    a.beats("b", Words.reigning(new Epoch(1_001, "b")));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(new Epoch(1_001, "b"));
  }

  @Test
  @Tag("FO-17")
  void ownRequestGoesAboveTheFloor() {
    DurableState durable = new DurableState(1, 1_000, PROMISE).nextStart(PROMISE);
    Prompter a = new Prompter(Prompter.group(false, "b", "c"), durable, 0);
    assertThat(a.candidature("b")).isEqualTo(new Epoch(1_001, "a"));
  }

  @Test
  @Tag("FO-16")
  void counterAboveTheCeilingIsNotTakenBeforeTheDiskHasIt() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.passUntil("asking");
    a.says("b", Words.passive().highest(new Epoch(1_000, "c")).yes(a.now()));
    assertThat(a.state()).isEqualTo("asking");
    assertThat(a.persisted).hasSize(1);
    a.step(new Input.Persisted(a.now(), a.persisted.getFirst()));
    a.pass(Prompter.TIMING.beatNanos());
    assertThat(a.state()).isEqualTo("candidate");
    assertThat(a.rowTo("b").epoch()).isEqualTo(new Epoch(1_001, "a"));
  }

  @Test
  @Tag("FO-16")
  void nextBlockIsReservedWhenHalfOfOneIsLeft() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.passive().highest(new Epoch(500, "c")));
    assertThat(a.persisted).isEmpty();
    a.says("b", Words.passive().highest(new Epoch(501, "c")));
    assertThat(a.persisted).containsExactly(new DurableState(1, 1_501, PROMISE));
    a.says("b", Words.passive().highest(new Epoch(502, "c")));
    assertThat(a.persisted).hasSize(1);
  }

  @Test
  @Tag("FO-18")
  void highestCeilingThatWasHeardIsPersistedAndThenTold() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.ceilings.put("b", 3_000L);
    a.beats("b", Words.passive());
    assertThat(a.persisted).containsExactly(new DurableState(1, 3_000, PROMISE));
    assertThat(a.lastTo("b").ceiling()).isEqualTo(1_000);
    a.step(new Input.Persisted(a.now(), a.persisted.getFirst()));
    a.beats("b", Words.passive());
    assertThat(a.lastTo("b").ceiling()).isEqualTo(3_000);
  }

  @Test
  @Tag("FO-33")
  void nodeThatStoodStillAccusesNobody() {
    Prompter a = Prompter.ready(false, "b", "c");
    long window = Prompter.TIMING.windowNanos();
    a.says("b", Words.reigning(EPOCH));
    a.standStill(3_000 * MILLI);
    a.beats("c", Words.asking());
    assertThat(a.verdicts).hasAtLeastOneElementOfType(Verdict.Late.class);
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
    a.pass(window - 1);
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
    assertThat(a.state()).isEqualTo("passive");
    assertThat(a.verdicts).noneMatch(v -> v instanceof Verdict.Suspected);
    a.pass(1);
    assertThat(a.state()).isEqualTo("asking");
  }

  @Test
  @Tag("FO-33")
  void nodeThatHearsNobodyAfterwardsAccusesNobody() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.reigning(EPOCH));
    a.standStill(3_000 * MILLI);
    a.pass(5_000 * MILLI);
    assertThat(a.verdicts).hasExactlyElementsOfTypes(Verdict.Late.class);
    assertThat(a.state()).isEqualTo("passive");
  }

  @Test
  @Tag("FO-33")
  void toleratedLatenessIsNoLateness() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.reigning(EPOCH));
    a.standStill(a.untilWake() + Prompter.TIMING.lateThresholdNanos());
    a.says("c", Words.passive());
    assertThat(a.verdicts).isEmpty();
    a.standStill(a.untilWake() + Prompter.TIMING.lateThresholdNanos() + 1);
    a.says("c", Words.passive());
    assertThat(a.verdicts).hasExactlyElementsOfTypes(Verdict.Late.class);
  }
}
