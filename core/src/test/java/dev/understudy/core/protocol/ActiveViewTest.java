// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whom a node believes to be active. The window is 20 nanoseconds. */
class ActiveViewTest {
  private static final long WINDOW = 20;
  private static final Epoch EPOCH = new Epoch(5, "a");

  private final ActiveView view = new ActiveView();

  private void heard(String from, Epoch epoch, long now) {
    view.heard(from, 1, Words.reigning(epoch).row(), now);
  }

  @Test
  @Tag("FO-23")
  void successionCountsFromTheLastBeat() {
    heard("a", EPOCH, 100);
    heard("a", EPOCH, 105);
    assertThat(view.successionFrom(WINDOW)).isEqualTo(105 + WINDOW);
  }

  @Test
  @Tag("FO-23")
  void successionCountsFromTheFirstWordThatTheReignEnds() {
    heard("a", EPOCH, 100);
    view.ending("a", 1, EPOCH, 107);
    view.ending("a", 1, EPOCH, 109);
    assertThat(view.successionFrom(WINDOW)).isEqualTo(107);
  }

  @Test
  @Tag("FO-11")
  void releaseOfAnotherEpochOrIncarnationIsNone() {
    heard("a", EPOCH, 100);
    view.ending("a", 1, new Epoch(4, "a"), 107);
    view.ending("a", 2, EPOCH, 107);
    view.ending("b", 1, EPOCH, 107);
    assertThat(view.isEnding()).isFalse();
  }

  @Test
  @Tag("FO-23")
  void withoutAnActiveSuccessionCountsFromTheEndOfTheOwnReign() {
    view.own("b", EPOCH);
    view.vacate(200);
    assertThat(view.successionFrom(WINDOW)).isEqualTo(200);
  }

  @Test
  @Tag("FO-24")
  void electionIsWelcomeWithoutAnActiveOrAfterItsReleaseOrSilence() {
    assertThat(view.vacant(100, WINDOW)).isTrue();
    heard("a", EPOCH, 100);
    assertThat(view.vacant(100 + WINDOW - 1, WINDOW)).isFalse();
    assertThat(view.vacant(100 + WINDOW, WINDOW)).isTrue();
    heard("a", EPOCH, 200);
    view.ending("a", 1, EPOCH, 201);
    assertThat(view.vacant(201, WINDOW)).isTrue();
  }

  @Test
  @Tag("FO-28")
  void olderActiveIsNotFollowed() {
    heard("b", new Epoch(6, "b"), 100);
    heard("a", EPOCH, 110);
    assertThat(view.node()).isEqualTo("b");
    assertThat(view.successionFrom(WINDOW)).isEqualTo(100 + WINDOW);
    heard("c", new Epoch(7, "c"), 120);
    assertThat(view.node()).isEqualTo("c");
  }
}
