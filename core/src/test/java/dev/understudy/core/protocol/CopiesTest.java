// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CopiesTest {
  private static final Epoch FIRST = new Epoch(3, "a");
  private static final Epoch RAISED = new Epoch(1_001, "a");
  private static final GenerationId OLDER = new GenerationId(FIRST, 7);
  private static final GenerationId NEWER = new GenerationId(FIRST, 8);

  private final Copies copies = new Copies();

  @Test
  @Tag("FO-31")
  void onlyWhatIsHeldIsOffered() {
    assertThat(copies.own()).isEqualTo(GenerationId.NONE);
    copies.hold(OLDER);
    copies.hold(NEWER);
    assertThat(copies.own()).isEqualTo(NEWER);
    copies.lose(OLDER);
    assertThat(copies.own()).isEqualTo(NEWER);
    copies.lose(NEWER);
    assertThat(copies.own()).isEqualTo(GenerationId.NONE);
  }

  @Test
  @Tag("FO-31")
  void whatIsWokenIsNotOfferedAnyMore() {
    copies.hold(NEWER);
    copies.consume(OLDER);
    assertThat(copies.own()).isEqualTo(NEWER);
    copies.consume(NEWER);
    assertThat(copies.own()).isEqualTo(GenerationId.NONE);
    copies.freeze(FIRST, FIRST);
    copies.consume(copies.own());
    assertThat(copies.own()).isEqualTo(GenerationId.NONE);
  }

  @Test
  @Tag("FO-31")
  void peersCanTakeTheirOffersBack() {
    copies.peerSays("b", NEWER);
    copies.peerSays("b", OLDER);
    assertThat(copies.of("b")).isEqualTo(OLDER);
    copies.peerSays("b", GenerationId.NONE);
    assertThat(copies.of("b")).isEqualTo(GenerationId.NONE);
    assertThat(copies.of("c")).isEqualTo(GenerationId.NONE);
  }

  @Test
  @Tag("FO-39")
  void frozenProcessIsNewerThanEveryCheckpointOfItsReign() {
    copies.hold(new GenerationId(FIRST, GenerationId.LIVE - 1));
    copies.freeze(FIRST, FIRST);
    assertThat(copies.own()).isEqualTo(new GenerationId(FIRST, GenerationId.LIVE));
    copies.hold(new GenerationId(new Epoch(4, "b"), 1));
    assertThat(copies.own()).isEqualTo(new GenerationId(new Epoch(4, "b"), 1));
  }

  /** It was started under the first epoch, woken under the next, and raised meanwhile. */
  @Test
  @Tag("FO-39")
  void frozenProcessThatEndedUnderAnyEpochOfItsReignIsNotOffered() {
    for (Epoch ordered : new Epoch[] {FIRST, new Epoch(500, "a"), RAISED}) {
      copies.freeze(FIRST, RAISED);
      copies.ended(ordered);
      assertThat(copies.hasFrozen()).as("ended in %s", ordered).isFalse();
    }
    copies.freeze(FIRST, RAISED);
    copies.ended(new Epoch(2, "a"));
    copies.ended(new Epoch(1_002, "a"));
    assertThat(copies.hasFrozen()).isTrue();
  }
}
