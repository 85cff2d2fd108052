// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lab.observer.Reigns.Reign;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlapTest {
  private static final int ADDRESS = 0x0a4d0064;
  private static final long MILLI = 1_000_000L;

  private final Bursts bursts = new Bursts();

  private void frames(String node, long fromMillis, long toMillis) {
    for (long at = fromMillis; at <= toMillis; at++) {
      bursts.add(node, ADDRESS, at * MILLI, false);
    }
  }

  private List<Overlap> overlaps(Reign... reigns) {
    return Overlap.find(bursts.all(), new Reigns(List.of(reigns)));
  }

  private static Reign reign(String node, long counter, long electedMillis) {
    return new Reign(node, counter, electedMillis * MILLI);
  }

  @Test
  void framesInTurnsAreNoOverlap() {
    frames("a", 10, 50);
    frames("b", 80, 120);
    frames("a", 150, 200);
    assertThat(overlaps(reign("a", 1, 5), reign("b", 2, 79), reign("a", 3, 149))).isEmpty();
  }

  @Test
  void oneNodeMayLapseAndReignAgain() {
    frames("a", 10, 50);
    frames("a", 52, 90);
    assertThat(overlaps(reign("a", 1, 5), reign("a", 2, 51))).isEmpty();
  }

  @Test
  void oneFrameOfTheFormerAfterOneOfTheNewerIsAnOverlap() {
    frames("a", 10, 50);
    frames("b", 80, 80);
    frames("a", 83, 83);
    frames("b", 84, 90);
    List<Overlap> found = overlaps(reign("a", 1, 5), reign("b", 2, 79));
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().node()).isEqualTo("a");
    assertThat(found.getFirst().nanos()).isEqualTo(3 * MILLI);
    assertThat(found.getFirst().text()).contains("until 3.000 ms after the first one of 2@b");
  }

  @Test
  void frameOfANodeThatNeverWasElectedIsAnOverlap() {
    frames("a", 10, 50);
    frames("b", 55, 55);
    assertThat(overlaps(reign("a", 1, 5)).getFirst().text()).contains("b").contains("never");
  }

  @Test
  void frameBeforeItsElectionIsAnOverlap() {
    frames("a", 10, 50);
    frames("b", 55, 70);
    assertThat(overlaps(reign("a", 1, 5), reign("b", 2, 60))).hasSize(1);
  }

  @Test
  void burstsEndWithSilenceAndWithAnotherSpeaker() {
    frames("a", 1, 5);
    bursts.add("a", ADDRESS, 5 * MILLI + Bursts.SILENCE_NANOS, true);
    frames("b", 16, 16);
    frames("a", 17, 18);
    assertThat(bursts.all())
        .containsExactly(
            new Burst("a", ADDRESS, MILLI, 5 * MILLI, 5, 0),
            new Burst("a", ADDRESS, 15 * MILLI, 15 * MILLI, 1, 1),
            new Burst("b", ADDRESS, 16 * MILLI, 16 * MILLI, 1, 0),
            new Burst("a", ADDRESS, 17 * MILLI, 18 * MILLI, 2, 0));
  }

  @Test
  void nextReignOfANodeIsFound() {
    Reigns reigns = new Reigns(List.of(reign("a", 3, 30), reign("a", 1, 5), reign("b", 2, 20)));
    assertThat(reigns.nextOf("a", 5 * MILLI)).isEqualTo(30 * MILLI);
    assertThat(reigns.nextOf("a", 30 * MILLI)).isEqualTo(Long.MAX_VALUE);
  }
}
