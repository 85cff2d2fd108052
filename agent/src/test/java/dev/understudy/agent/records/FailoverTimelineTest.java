// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.records.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FailoverTimelineTest {
  private static final long MILLI = 1_000_000;

  private final List<Figures> kept = new ArrayList<>();
  private final List<Long> began = new ArrayList<>();
  private final FailoverTimeline timeline =
      new FailoverTimeline(
          "b",
          (_, bootNanos, figures) -> {
            kept.add(figures);
            began.add(bootNanos);
          });

  private void happens(long millis, String kind, String... details) {
    TreeMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < details.length; i += 2) {
      map.put(details[i], details[i + 1]);
    }
    timeline.note(new NodeEvent(1, 1, millis * MILLI, "b", "count", kind, map));
  }

  private void elected(long millis, String epoch, String generation) {
    happens(millis, NodeEvent.ELECTED, "epoch", epoch, "generation", generation, "votes", "2");
  }

  @Test
  void aFailoverIsToldWhenTheAddressHasMovedAndProtectionLater() {
    happens(100, NodeEvent.SUSPECTED, "active", "a", "silent_ms", "20.5");
    elected(110, "4@b", "3@a/17");
    happens(112, NodeEvent.WOKEN, "generation", "3@a/17", "age_ms", "400.25");
    assertThat(kept).isEmpty();
    happens(113, NodeEvent.ADDRESS_MOVED, "address", "10.0.0.9");
    happens(900, NodeEvent.PROTECTED, "standby", "c", "generation", "4@b/1");
    happens(990, NodeEvent.PROTECTED, "standby", "c", "generation", "4@b/2");
    assertThat(kept)
        .containsExactly(
            new Figures.Failover(
                "4@b",
                "3@a/17",
                "a",
                Figures.Cause.SILENCE,
                "",
                2,
                20_500_000,
                10 * MILLI,
                2 * MILLI,
                3 * MILLI,
                400_250_000),
            new Figures.Protection("4@b", "c", 790 * MILLI));
    assertThat(began).containsOnly(110 * MILLI);
  }

  /** Effects come before anything is written about them. */
  @Test
  void theElectionMayBeWrittenAfterWhatItLedTo() {
    happens(40, NodeEvent.WOKEN, "generation", "1@a/1", "age_ms", "1");
    happens(41, NodeEvent.ADDRESS_MOVED, "address", "10.0.0.9");
    happens(100, NodeEvent.SUSPECTED, "active", "a", "silent_ms", "20.5");
    happens(112, NodeEvent.WOKEN, "generation", "3@a/17", "age_ms", "400.25");
    happens(113, NodeEvent.ADDRESS_MOVED, "address", "10.0.0.9");
    elected(110, "4@b", "3@a/17");
    assertThat(kept)
        .singleElement()
        .isInstanceOfSatisfying(
            Figures.Failover.class,
            f -> {
              assertThat(f.runningNanos()).isEqualTo(2 * MILLI);
              assertThat(f.addressNanos()).isEqualTo(3 * MILLI);
              assertThat(f.stateAgeNanos()).isEqualTo(400_250_000);
            });
  }

  @Test
  void theFirstStartIsNoFailover() {
    elected(10, "1@b", "none");
    happens(50, NodeEvent.ADDRESS_MOVED);
    happens(300, NodeEvent.STARTED, "epoch", "1@b");
    happens(400, NodeEvent.PROTECTED, "standby", "c");
    assertThat(kept).isEmpty();
  }

  @Test
  void aProgramThatEndsIsStartedAgainOrWokenElsewhere() {
    elected(10, "1@b", "none");
    happens(20, NodeEvent.ADDRESS_MOVED);
    happens(30, NodeEvent.STARTED, "epoch", "1@b");
    happens(40, NodeEvent.EXITED, "why", "the program ended");
    elected(50, "2@b", "none");
    happens(51, NodeEvent.ADDRESS_MOVED);
    happens(52, NodeEvent.STARTED, "epoch", "2@b");
    assertThat(kept)
        .singleElement()
        .isInstanceOfSatisfying(
            Figures.Failover.class,
            f -> {
              assertThat(f.cause()).isEqualTo(Figures.Cause.START);
              assertThat(f.runningNanos()).isEqualTo(2 * MILLI);
              assertThat(f.stateAgeNanos()).isEqualTo(-1);
            });
  }

  @Test
  void aCopyThatWasUnderWayLeavesTheSuspicion() {
    happens(5, NodeEvent.SUSPECTED, "active", "a", "silent_ms", "20");
    happens(6, NodeEvent.HELD, "generation", "3@a/17");
    elected(10, "4@b", "3@a/17");
    happens(11, NodeEvent.ADDRESS_MOVED);
    happens(12, NodeEvent.WOKEN, "age_ms", "1");
    assertThat(kept)
        .singleElement()
        .isInstanceOfSatisfying(
            Figures.Failover.class, f -> assertThat(f.cause()).isEqualTo(Figures.Cause.SILENCE));
  }

  @Test
  void aReleaseNamesWhoCapturedTheState() {
    happens(5, NodeEvent.SUSPECTED, "active", "z", "silent_ms", "20");
    happens(6, NodeEvent.HELD, "generation", "3@a/16");
    elected(10, "4@b", "3@a/17");
    happens(11, NodeEvent.ADDRESS_MOVED);
    happens(12, NodeEvent.WOKEN, "age_ms", "1");
    assertThat(kept)
        .singleElement()
        .isInstanceOfSatisfying(
            Figures.Failover.class,
            f -> {
              assertThat(f.cause()).isEqualTo(Figures.Cause.RELEASE);
              assertThat(f.former()).isEqualTo("a");
              assertThat(f.silentNanos()).isEqualTo(-1);
            });
  }

  @Test
  void aFailoverThatFailedSaysWhy() {
    happens(5, NodeEvent.SUSPECTED, "active", "a", "silent_ms", "20");
    elected(10, "4@b", "3@a/17");
    happens(11, NodeEvent.ADDRESS_MOVED);
    happens(12, NodeEvent.RELEASED, "text", "released epoch 4@b: the held copy has died");
    elected(20, "6@b", "none");
    happens(21, NodeEvent.ADDRESS_MOVED);
    happens(22, NodeEvent.STARTED, "epoch", "6@b");
    assertThat(kept).hasSize(2);
    assertThat(((Figures.Failover) kept.getFirst()).failure()).contains("copy has died");
    assertThat(((Figures.Failover) kept.getFirst()).runningNanos()).isEqualTo(-1);
    assertThat(((Figures.Failover) kept.getLast()).failure()).isEmpty();
  }

  @Test
  void aLapseIsRecordedWithItsOwnProcess() {
    elected(10, "1@b", "none");
    happens(11, NodeEvent.ADDRESS_MOVED);
    happens(12, NodeEvent.STARTED);
    happens(500, NodeEvent.LAPSED, "text", "lost the lease");
    elected(700, "2@b", "1@b/live");
    happens(701, NodeEvent.ADDRESS_MOVED);
    happens(702, NodeEvent.WOKEN, "age_ms", "0");
    assertThat(kept)
        .singleElement()
        .isInstanceOfSatisfying(
            Figures.Failover.class,
            f -> {
              assertThat(f.cause()).isEqualTo(Figures.Cause.LAPSE);
              assertThat(f.former()).isEqualTo("b");
            });
  }
}
