// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.ScriptedStage.Mishap;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One trial on virtual time: what is measured, and what does not count as recovered. */
class CrashTrialTest {
  static final CountCluster SIZE =
      new CountCluster(
          Path.of("/python"),
          Path.of("/usr"),
          Path.of("/count.py"),
          8 << 20,
          Timing.STANDARD,
          WorkloadSpec.Strategy.MIRROR,
          1_000_000_000L);

  private final ScriptedStage stage = new ScriptedStage(new long[] {5_000_000_000L});
  private final CrashTrial trial =
      new CrashTrial(stage, stage, SIZE.cluster("test").workloads().getFirst());

  @Test
  void measuresFromTheFaultToTheNewProtection() throws Exception {
    Trial measured = trial.run(0.5);

    assertThat(measured.objection()).isEmpty();
    assertThat(measured.fault().node()).isEqualTo("a");
    assertThat(measured.newActive()).isEqualTo("b");
    assertThat(measured.phases())
        .extracting(Phase::name)
        .containsExactly(
            Phase.LAST_GOOD_ANSWER,
            Phase.FAULT,
            Phase.SUSPECTED,
            Phase.ELECTED,
            Phase.WOKEN,
            Phase.ADDRESS_MOVED,
            Phase.FIRST_GOOD_ANSWER,
            Phase.PROTECTED_AGAIN);
    assertThat(measured.phases())
        .as("times of nodes whose clocks are days apart, on one clock")
        .allSatisfy(phase -> assertThat(phase.atMs()).isBetween(-3.0, 1000.0));
    assertThat(measured.detectionMs()).hasValue(26.0);
    assertThat(measured.wakeMs().getAsDouble()).isBetween(4.0, 7.0);
    assertThat(measured.firstAnswerMs().getAsDouble()).isBetween(2.0, 5.0);
    assertThat(measured.outageMs()).isBetween(30.0, 36.0);
    assertThat(measured.outage().ticksLost())
        .isBetween(0L, (long) (measured.stateAgeMs() / 100) + 1);
    assertThat(measured.pauses()).isNotEmpty();
    assertThat(measured.pauses())
        .allSatisfy(gap -> assertThat(Millis.of(gap.nanos())).isEqualTo(12.0));
    assertThat(measured.stalls()).isEmpty();
  }

  /** A machine that stands still moves the workload again before it is protected. */
  @Test
  void whoServedFirstIsMeasuredWhoeverServesInTheEnd() throws Exception {
    stage.mishap = Mishap.MOVED_ONCE_MORE;

    Trial measured = trial.run(0.5);

    assertThat(measured.objection()).isEmpty();
    assertThat(measured.newActive()).isEqualTo("b");
    assertThat(measured.detectionMs()).hasValue(26.0);
    assertThat(measured.wakeMs().getAsDouble()).isBetween(4.0, 7.0);
    assertThat(measured.phases()).extracting(Phase::name).endsWith(Phase.PROTECTED_AGAIN);
  }

  @Test
  void goesOnAfterTheCrashedNodeCameBack() throws Exception {
    Trial first = trial.run(0.1);
    trial.heal(first.fault().node());

    Trial second = trial.run(0.9);

    assertThat(second.recovered()).isTrue();
    assertThat(second.fault().node()).isEqualTo("b");
    assertThat(second.newActive()).isEqualTo("a");
    assertThat(second.outage().counterBefore()).isGreaterThan(first.outage().counterBefore());
  }

  @Test
  void aColdStartIsNoRecovery() throws Exception {
    stage.mishap = Mishap.COLD_START;

    Trial measured = trial.run(0.5);

    assertThat(measured.recovered()).isFalse();
    assertThat(measured.objection()).hasValueSatisfying(why -> assertThat(why).contains("anew"));
    assertThat(measured.outage().counterAfter()).isZero();
    assertThat(measured.wakeMs()).isPresent();
    assertThat(measured.firstAnswerMs()).isEmpty();
    assertThat(measured.stateAgeMs()).isNaN();
  }

  @Test
  void moreTicksGoneThanTheCopysAgeExplainsIsNoRecovery() throws Exception {
    stage.mishap = Mishap.OLDER_COPY_THAN_TOLD;

    Trial measured = trial.run(0.5);

    assertThat(measured.objection())
        .hasValueSatisfying(why -> assertThat(why).contains("ticks are gone, more than a copy"));
  }

  @Test
  void noAnswerAfterTheCrashEndsTheTrialWithEvidence() {
    stage.mishap = Mishap.NO_ANSWER;

    TrialException failed = catchThrowableOfType(TrialException.class, () -> trial.run(0.5));

    assertThat(failed).hasMessage("no good answer came after the crash of node a within 15 s");
    assertThat(failed.evidence())
        .contains("a: its agent does not answer", "b| the last line of b")
        .anySatisfy(line -> assertThat(line).startsWith("c: standby"));
  }

  @Test
  void noNewProtectionEndsTheTrial() {
    stage.mishap = Mishap.NO_NEW_PROTECTION;

    TrialException failed = catchThrowableOfType(TrialException.class, () -> trial.run(0.5));

    assertThat(failed).hasMessageStartingWith("the workload count was not protected again");
  }

  @Test
  void theFaultStrikesAtTheChosenPhaseOfTheInterval() throws Exception {
    ScriptedStage other = new ScriptedStage(new long[] {5_000_000_000L});
    CrashTrial late = new CrashTrial(other, other, SIZE.cluster("test").workloads().getFirst());

    double difference =
        (late.run(0.75).fault().cutNanos() - trial.run(0.25).fault().cutNanos()) / 1e6;

    assertThat(difference).isEqualTo(500);
  }

  @Test
  void theClusterThatIsMeasuredKeepsTheRulesOfAFile() {
    assertThat(SIZE.cluster("x").timing().violations()).isEqualTo(List.of());
    assertThat(
            SIZE.cluster("x").network().hasHost(SIZE.cluster("x").workloads().getFirst().address()))
        .isTrue();
  }
}
