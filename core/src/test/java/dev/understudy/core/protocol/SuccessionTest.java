// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When node c may ask, in a group of four runners and a witness. Node a was active. */
class SuccessionTest {
  private static final long MILLI = 1_000_000L;
  private static final long NEVER = Long.MAX_VALUE;
  private static final long NO_BACKOFF = Long.MIN_VALUE;
  private static final Timing TIMING = Timing.STANDARD;
  private static final long WINDOW = TIMING.windowNanos();
  private static final long STAGGER = TIMING.staggerNanos();
  private static final Epoch EPOCH = new Epoch(3, "a");
  private static final GenerationId OLDER = new GenerationId(EPOCH, 7);
  private static final GenerationId NEWER = new GenerationId(EPOCH, 8);

  /** The last beat of a. */
  private static final long HEARD = 60_000 * MILLI;

  private final Copies copies = new Copies();
  private final ActiveView active = new ActiveView();
  private final Peers peers = new Peers(500_000_000L);
  private long sequence;

  @BeforeEach
  void hearTheActive() {
    List.of("a", "b", "d", "w").forEach(peers::add);
    hear("a", HEARD);
    active.heard("a", 1, Words.reigning(EPOCH).row(), HEARD);
  }

  private void hear(String peer, long now) {
    peers.hear(Words.passive().datagram(peer, "c", ++sequence, 0), now);
  }

  private Succession succession(String self, boolean mirrored) {
    GroupConfig config =
        new GroupConfig(
            "count",
            List.of("a", "b", "c", "d", "w"),
            List.of("a", "b", "c", "d"),
            GroupConfig.Quorum.MAJORITY,
            mirrored,
            MILLI);
    Electorate electorate = new Electorate(config, self, TIMING);
    return new Succession(config, self, TIMING, copies, active, electorate);
  }

  private Turn turn(long now, long lateAt) {
    return new Turn(now, 1_000, TIMING.promiseNanos(), 1, lateAt, peers, new Effects());
  }

  private long mayAskAt(boolean mirrored, long now) {
    return succession("c", mirrored).mayAskAt(NO_BACKOFF, turn(now, Long.MIN_VALUE));
  }

  @Test
  @Tag("FO-23")
  void witnessNeverAsks() {
    Succession witness = succession("w", false);
    assertThat(witness.mayAskAt(NO_BACKOFF, turn(HEARD, Long.MIN_VALUE))).isEqualTo(NEVER);
  }

  @Test
  @Tag("FO-23")
  void eachRunnerThatComesBeforeCostsAStagger() {
    assertThat(mayAskAt(false, HEARD)).isEqualTo(HEARD + WINDOW);
    hear("b", HEARD);
    hear("d", HEARD);
    assertThat(mayAskAt(false, HEARD)).isEqualTo(HEARD + WINDOW + STAGGER);
    copies.peerSays("b", OLDER);
    copies.hold(NEWER);
    assertThat(mayAskAt(true, HEARD)).isEqualTo(HEARD + WINDOW);
  }

  @Test
  @Tag("FO-23")
  void whoWasNotHeardForTwoWindowsDoesNotCount() {
    hear("b", HEARD);
    long since = HEARD + 2 * WINDOW;
    assertThat(succession("c", false).rank(turn(since, Long.MIN_VALUE))).isEqualTo(1);
    assertThat(succession("c", false).rank(turn(since + 1, Long.MIN_VALUE))).isZero();
  }

  @Test
  @Tag("FO-23")
  void newerStateComesFirstThenThePlaceInTheGroup() {
    Succession c = succession("c", true);
    assertThat(c.comesBefore("b")).isTrue();
    assertThat(c.comesBefore("d")).isFalse();
    copies.hold(OLDER);
    assertThat(c.comesBefore("b")).isFalse();
    copies.peerSays("d", NEWER);
    assertThat(c.comesBefore("d")).isTrue();
  }

  @Test
  @Tag("FO-23")
  void backoffIsWaitedFor() {
    long until = HEARD + 900 * MILLI;
    assertThat(succession("c", false).mayAskAt(until, turn(HEARD, Long.MIN_VALUE)))
        .isEqualTo(until);
  }

  @Test
  @Tag("FO-29")
  void newerStateOfOneWhoIsHeardIsWaitedForThreeLeases() {
    copies.hold(OLDER);
    copies.peerSays("d", NEWER);
    hear("d", HEARD);
    long wait = STAGGER + 3 * TIMING.leaseNanos();
    assertThat(mayAskAt(true, HEARD)).isEqualTo(HEARD + WINDOW + wait);
    assertThat(mayAskAt(true, HEARD + 2 * WINDOW + 1)).isEqualTo(HEARD + WINDOW);
  }

  @Test
  @Tag("FO-29")
  void equalStateIsNotWaitedFor() {
    copies.hold(NEWER);
    copies.peerSays("d", NEWER);
    hear("d", HEARD);
    assertThat(mayAskAt(true, HEARD)).isEqualTo(HEARD + WINDOW);
  }

  @Test
  @Tag("FO-30")
  void withoutStateItWaitsHalfASecondAndTenWhileSomebodyHasSome() {
    long from = HEARD + WINDOW;
    assertThat(mayAskAt(true, HEARD)).isEqualTo(from + 500 * MILLI);
    assertThat(mayAskAt(false, HEARD)).isEqualTo(from);
    copies.peerSays("d", OLDER);
    hear("d", HEARD);
    assertThat(mayAskAt(true, HEARD + 500 * MILLI)).isEqualTo(from + 10_000 * MILLI);
    assertThat(mayAskAt(true, HEARD + 500 * MILLI + 1)).isEqualTo(from + 500 * MILLI);
  }

  private boolean forgets(String candidate, boolean mirrored, long now) {
    return succession("c", mirrored).forgets(candidate, turn(now, Long.MIN_VALUE));
  }

  @Test
  @Tag("FO-30")
  void votersRefuseAStartWithoutStateWhileTheyHaveSome() {
    assertThat(forgets("b", true, HEARD)).isFalse();
    copies.hold(OLDER);
    long patience = HEARD + WINDOW + 10_000 * MILLI;
    assertThat(forgets("b", true, patience - 1)).isTrue();
    assertThat(forgets("b", true, patience)).isFalse();
    assertThat(forgets("b", false, HEARD)).isFalse();
    copies.peerSays("b", OLDER);
    assertThat(forgets("b", true, HEARD)).isFalse();
  }

  @Test
  @Tag("FO-30")
  void votersRefuseItWhileTheyHearOfSome() {
    copies.peerSays("d", OLDER);
    hear("d", HEARD);
    assertThat(forgets("b", true, HEARD + 500 * MILLI)).isTrue();
    assertThat(forgets("b", true, HEARD + 500 * MILLI + 1)).isFalse();
    assertThat(forgets("d", true, HEARD)).isFalse();
  }

  @Test
  @Tag("FO-33")
  void lateNodeWaitsForAMajorityAndAWindow() {
    Succession c = succession("c", false);
    long late = HEARD + 5 * MILLI;
    assertThat(c.trustedFrom(turn(late, Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
    hear("b", late);
    assertThat(c.trustedFrom(turn(late, late))).isEqualTo(NEVER);
    assertThat(c.mayAskAt(NO_BACKOFF, turn(late, late))).isEqualTo(NEVER);
    hear("w", late + MILLI);
    assertThat(c.trustedFrom(turn(late + MILLI, late))).isEqualTo(late + WINDOW);
    assertThat(c.mayAskAt(NO_BACKOFF, turn(late + MILLI, late + MILLI))).isEqualTo(NEVER);
  }

  @Test
  @Tag("FO-33")
  void lateNodeAsksNoEarlierThanItIsTrusted() {
    Succession c = succession("c", false);
    long late = HEARD + WINDOW + 10 * MILLI;
    hear("w", late);
    hear("d", late);
    assertThat(c.mayAskAt(NO_BACKOFF, turn(late, late))).isEqualTo(late + WINDOW);
  }

  /** Passive nodes speak to each other once in a window, which may be longer than 500 ms. */
  @Test
  @Tag("FO-30")
  void slowTimesDoNotMakeStateForgotten() {
    Timing wide = Timing.WIDE;
    GroupConfig config =
        new GroupConfig(
            "count",
            List.of("a", "b", "c"),
            List.of("a", "b", "c"),
            GroupConfig.Quorum.MAJORITY,
            true,
            MILLI);
    Electorate electorate = new Electorate(config, "c", wide);
    Succession c = new Succession(config, "c", wide, copies, active, electorate);
    copies.peerSays("b", NEWER);
    hear("b", HEARD);
    long silent = 2 * wide.windowNanos();
    assertThat(c.stateWait(turn(HEARD + silent, Long.MIN_VALUE))).isEqualTo(10_000 * MILLI);
    assertThat(c.stateWait(turn(HEARD + silent + 1, Long.MIN_VALUE))).isEqualTo(silent);
  }

  /** Node c was cut off for an hour; what it waits for counts from when two others were back. */
  @Test
  @Tag("FO-23")
  @Tag("FO-29")
  @Tag("FO-30")
  void nobodyWaitsForOthersWhileTooFewAreThere() {
    long back = HEARD + 3_600_000 * MILLI;
    hear("d", back);
    assertThat(mayAskAt(true, back)).isEqualTo(HEARD + WINDOW + 500 * MILLI);
    copies.peerSays("d", OLDER);
    assertThat(forgets("b", true, back)).isFalse();
    for (long now = back; now < back + 10_000 * MILLI; now += 400 * MILLI) {
      hear("d", now);
      hear("w", now);
      assertThat(mayAskAt(true, now)).isEqualTo(back + STAGGER + 10_000 * MILLI);
      assertThat(forgets("b", true, now)).isTrue();
    }
    assertThat(forgets("b", true, back + 10_000 * MILLI)).isFalse();
  }
}
