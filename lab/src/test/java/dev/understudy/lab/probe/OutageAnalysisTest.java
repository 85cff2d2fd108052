// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static dev.understudy.lab.probe.Rows.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What counts as outage, pause and loss, on made-up samples. */
class OutageAnalysisTest {
  private static final long TICK = ms(100);

  private static Fault fault(double cutMillis, double killedMillis) {
    return new Fault("a", ms(cutMillis), ms(killedMillis));
  }

  private static Outage outage(OutageAnalysis analysis, Fault fault) {
    return analysis.outage(fault, OptionalLong.empty());
  }

  private static Outage.Ended ended(Outage outage) {
    assertThat(outage).isInstanceOf(Outage.Ended.class);
    return (Outage.Ended) outage;
  }

  @Test
  void theOutageIsTheGapBetweenGoodAnswersThatContainsTheFault() {
    OutageAnalysis analysis =
        Rows.none()
            .steady(1000, 2000)
            .failing(2000, 2040, Verdict.CONNECT_TIMEOUT)
            .good(2040, 19)
            .good(2042, 19)
            .analysis();

    Outage.Ended outage = ended(outage(analysis, fault(1999, 1999)));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(1998.5), ms(2040.5)));
    assertThat(outage.gap().nanos()).isEqualTo(ms(42));
    assertThat(outage.counterBefore()).isEqualTo(19);
    assertThat(outage.counterAfter()).isEqualTo(19);
    assertThat(outage.ticksLost()).isZero();
    assertThat(outage.failures()).containsExactly(java.util.Map.entry(Verdict.CONNECT_TIMEOUT, 20));
  }

  @Test
  void aLongerPauseElsewhereIsNotTheOutage() {
    OutageAnalysis analysis =
        Rows.none().steady(0, 500).steady(900, 2000).steady(2040, 2100).analysis();

    assertThat(ended(outage(analysis, fault(1999, 1999))).gap().nanos()).isEqualTo(ms(42));
  }

  @Test
  void answersThatStillCameWhileTheFaultWasCausedDoNotHideTheOutage() {
    // The instant of the cut was noted, then 3 ms passed until the link was down.
    OutageAnalysis analysis =
        Rows.none().steady(0, 1000).good(1001, 9).good(1003, 9).steady(1040, 1100).analysis();

    Outage.Ended outage = ended(outage(analysis, fault(1000.2, 1015)));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(1003.5), ms(1040.5)));
  }

  @Test
  void aLongPauseBeforeTheFaultDoesNotHideTheOutage() {
    // Answers of the old one come again while its link is being cut, after a pause of 60 ms.
    OutageAnalysis analysis =
        Rows.none().steady(0, 940).good(1004, 10).good(1006, 10).steady(1040, 1100).analysis();

    Outage.Ended outage = ended(analysis.outage(fault(1000, 1020), OptionalLong.of(ms(1030))));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(1006.5), ms(1040.5)));
  }

  @Test
  void aNewActiveMayServeWhileTheOldOneIsStillBeingKilled() {
    OutageAnalysis analysis = Rows.none().steady(0, 1000).steady(1040, 1200).analysis();

    Outage.Ended outage = ended(analysis.outage(fault(1000, 1100), OptionalLong.of(ms(1030))));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(998.5), ms(1040.5)));
  }

  @Test
  void anAnswerOfTheOldOneThatIsReadLateDoesNotShortenTheOutage() {
    // The probe stood still from 1000 to 1045: what had come meanwhile is read then.
    OutageAnalysis analysis =
        Rows.none().steady(0, 999).good(999, 1045, 9).steady(1046, 1100).analysis();

    Outage.Ended outage = ended(analysis.outage(fault(1000, 1005), OptionalLong.of(ms(1030))));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(1005), ms(1046.5)));
    assertThat(outage.slowestSendNanos()).isEqualTo(ms(41));
  }

  @Test
  void aFaultDuringAPauseCountsFromTheLastAnswerBeforeThePause() {
    // The checkpoint stops the program at 1000, the node dies at 1200 in the middle of it.
    OutageAnalysis analysis =
        Rows.none()
            .steady(0, 1000)
            .failing(1000, 1240, Verdict.ANSWER_TIMEOUT)
            .good(1240, 5)
            .analysis();

    Outage.Ended outage = ended(outage(analysis, fault(1200, 1210)));

    assertThat(outage.gap().nanos()).isEqualTo(ms(242));
    assertThat(outage.ticksLost()).isEqualTo(4);
    assertThat(analysis.pauses(List.of(new CaptureSpan(ms(1000), ms(1300))), ms(1200))).isEmpty();
  }

  @Test
  void withoutAnAnswerAfterwardsTheOutageLasts() {
    OutageAnalysis analysis =
        Rows.none().steady(0, 1000).failing(1000, 1500, Verdict.UNREACHABLE).analysis();

    Outage outage = outage(analysis, fault(1000, 1010));

    assertThat(outage).isInstanceOf(Outage.Lasting.class);
    Outage.Lasting lasting = (Outage.Lasting) outage;
    assertThat(lasting.lastGoodNanos()).isEqualTo(ms(998.5));
    assertThat(lasting.counterBefore()).isEqualTo(9);
    assertThat(lasting.failures()).containsEntry(Verdict.UNREACHABLE, 250);
  }

  @Test
  void anAnswerBetweenCutAndKillIsNotTheEndOfTheOutage() {
    OutageAnalysis analysis = Rows.none().steady(0, 1000).good(1004, 10).analysis();

    assertThat(outage(analysis, fault(1000, 1010))).isInstanceOf(Outage.Lasting.class);
  }

  @Test
  void withoutAnAnswerBeforeTheFaultNothingIsMeasured() {
    assertThat(outage(Rows.none().analysis(), fault(10, 10))).isInstanceOf(Outage.Unmeasured.class);
    assertThat(outage(Rows.none().good(50, 1).analysis(), fault(10, 20)))
        .isInstanceOf(Outage.Unmeasured.class);
  }

  @Test
  void answersOutOfOrderAreSortedByTheirArrival() {
    // The request of 100 is answered last of all, but with the number of its time.
    OutageAnalysis analysis =
        Rows.none()
            .good(100, 112, 7)
            .good(102, 103, 7)
            .good(104, 108, 8)
            .good(150, 151, 8)
            .analysis();

    Outage.Ended outage = ended(outage(analysis, fault(120, 120)));

    assertThat(outage.gap()).isEqualTo(new Gap(ms(112), ms(151)));
    assertThat(outage.counterBefore()).as("the highest number seen, not the last").isEqualTo(8);
    assertThat(outage.ticksLost()).isZero();
  }

  @Test
  void resetConnectionsAreCountedAndNeverGood() {
    OutageAnalysis analysis =
        Rows.none()
            .steady(0, 100)
            .bad(100, 100.2, Verdict.RESET)
            .bad(102, 102.2, Verdict.CONNECT_REFUSED)
            .bad(104, 0, Verdict.PENDING)
            .good(106, 1)
            .analysis();

    Outage.Ended outage = ended(outage(analysis, fault(99, 99)));

    assertThat(outage.gap().nanos()).isEqualTo(ms(8));
    assertThat(outage.failures())
        .hasSize(2)
        .containsEntry(Verdict.RESET, 1)
        .containsEntry(Verdict.CONNECT_REFUSED, 1);
  }

  @Test
  void ticksAreLostWhenAClientHadSeenMoreThanComesBack() {
    Outage.Ended outage =
        ended(outage(Rows.none().good(0, 40).good(40, 31).analysis(), fault(20, 20)));

    assertThat(outage.ticksLost()).isEqualTo(9);
    assertThat(outage.withinAge(ms(800), TICK)).isTrue();
    assertThat(outage.withinAge(ms(799), TICK)).isTrue();
    assertThat(outage.withinAge(ms(700), TICK)).isFalse();
  }

  @Test
  void aRestartFromZeroIsOutsideTheAgeOfAnyYoungCopy() {
    Outage.Ended outage =
        ended(outage(Rows.none().good(0, 40).good(40, 0).analysis(), fault(20, 20)));

    assertThat(outage.ticksLost()).isEqualTo(40);
    assertThat(outage.withinAge(ms(1000), TICK)).isFalse();
  }

  @Test
  void theProbesOwnStandstillIsTold() {
    OutageAnalysis slow = Rows.none().good(0, 1).good(40, 1).analysis();
    OutageAnalysis prompt =
        Rows.none().good(0, 1).failing(2, 40, Verdict.CONNECT_TIMEOUT).good(40, 1).analysis();

    assertThat(ended(outage(slow, fault(20, 20))).slowestSendNanos()).isEqualTo(ms(39.5));
    assertThat(ended(outage(prompt, fault(20, 20))).slowestSendNanos()).isEqualTo(ms(2));
  }

  @Test
  void pausesAreTheLongestGapsThatTouchACheckpoint() {
    OutageAnalysis analysis =
        Rows.none().steady(0, 100).steady(120, 300).steady(330, 400).analysis();
    List<CaptureSpan> captures =
        List.of(
            new CaptureSpan(ms(99), ms(118)),
            new CaptureSpan(ms(200.6), ms(200.9)),
            new CaptureSpan(ms(900), ms(910)));

    List<Gap> pauses = analysis.pauses(captures, ms(395));

    assertThat(pauses).extracting(Gap::nanos).containsExactly(ms(22), ms(2));
    assertThat(analysis.stalls(captures, Probe.USUAL_GAP_NANOS, ms(395)))
        .as("what no checkpoint explains")
        .extracting(Gap::nanos)
        .containsExactly(ms(32));
  }

  @Test
  void gapsAfterTheFaultAreNeitherPausesNorStalls() {
    OutageAnalysis analysis = Rows.none().steady(0, 100).steady(150, 200).analysis();

    assertThat(analysis.stalls(List.of(), Probe.USUAL_GAP_NANOS, ms(100))).isEmpty();
  }
}
