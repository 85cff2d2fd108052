// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.timing.Timing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One voter's promises. Promises last 31 and requests live 30, in nanoseconds. */
class VoterTest {
  private static final long PROMISE = 31;
  private static final long LIFE = 30;
  private static final long CEILING = 1_000;
  private static final long FIRST = 1;

  private static final Timing TIMING = new Timing("test", 1, LIFE, 1, 1, 0, 0, 10_000);

  private final Voter voter = new Voter(TIMING, Epoch.NONE);

  private static Turn turn(long now, long ceiling) {
    return new Turn(
        now, ceiling, PROMISE, 1, Long.MIN_VALUE, new Peers(500_000_000L), new Effects());
  }

  private static boolean earlier(String one, String other) {
    return one.compareTo(other) < 0;
  }

  private static Epoch epoch(long counter, String node) {
    return new Epoch(counter, node);
  }

  private boolean follows(String node, long counter, long sentAt, long now) {
    return voter.follow(
        node, FIRST, epoch(counter, node), sentAt, Row.ORDINARY, turn(now, CEILING));
  }

  private boolean grants(String node, long counter, long sentAt, long now) {
    return voter.request(node, FIRST, epoch(counter, node), sentAt, CEILING, now);
  }

  /** The sender's clock is years ahead or behind: it is handed back, and decides nothing. */
  @Test
  @Tag("FO-1")
  void sendersTimeIsHandedBackAndUsedForNothingElse() {
    long elsewhere = 1L << 60;
    assertThat(follows("a", 1, elsewhere, 100)).isTrue();
    assertThat(voter.echoTo("a")).isEqualTo(new Voter.Echo(epoch(1, "a"), elsewhere, Row.ORDINARY));
    assertThat(voter.boundUntil()).isEqualTo(100 + PROMISE);
    assertThat(grants("b", 2, 0, 100 + PROMISE)).isTrue();
    assertThat(voter.echoTo("b")).isEqualTo(new Voter.Echo(epoch(2, "b"), 0, Row.ORDINARY));
    assertThat(voter.boundUntil()).isEqualTo(100 + 2 * PROMISE);
  }

  /** Or it would tell a former active of a promise while it follows another one. */
  @Test
  @Tag("FO-46")
  void whoIsTakenBackHasPromisedNobodyElse() {
    assertThat(follows("c", 5, 90, 100)).isTrue();
    voter.takenBack(epoch(6, "d"), FIRST);
    assertThat(voter.echoTo("c")).isEqualTo(Voter.Echo.NONE);
    assertThat(follows("d", 6, 120, 200)).isTrue();
    assertThat(voter.echoTo("d")).isEqualTo(new Voter.Echo(epoch(6, "d"), 120, Row.ORDINARY));
    assertThat(voter.echoTo("c")).isEqualTo(Voter.Echo.NONE);
    assertThat(follows("c", 5, 190, 300)).isFalse();
  }

  @Test
  @Tag("FO-3")
  void untilThePromiseLapsesNobodyElseIsEchoedOrGrantedOlderOrNewer() {
    assertThat(follows("b", 5, 90, 100)).isTrue();
    for (long now : new long[] {100, 100 + PROMISE - 1}) {
      assertThat(follows("c", 6, 0, now)).isFalse();
      assertThat(follows("a", 4, 0, now)).isFalse();
      assertThat(grants("c", 6, 0, now)).isFalse();
      assertThat(grants("a", 4, 0, now)).isFalse();
      assertThat(voter.boundTo("b", epoch(5, "b"), now)).isTrue();
    }
    assertThat(follows("c", 6, 0, 100 + PROMISE)).isTrue();
  }

  @Test
  @Tag("FO-3")
  void grantBindsLikeAnEcho() {
    assertThat(grants("b", 5, 90, 100)).isTrue();
    assertThat(follows("c", 6, 0, 100 + PROMISE - 1)).isFalse();
    assertThat(grants("c", 6, 0, 100 + PROMISE - 1)).isFalse();
  }

  @Test
  @Tag("FO-3")
  void beatsOfTheSameSenderProlongFromTheirHearing() {
    follows("a", 1, 90, 100);
    follows("a", 1, 95, 110);
    assertThat(voter.boundUntil()).isEqualTo(110 + PROMISE);
    assertThat(grants("b", 2, 0, 110 + PROMISE - 1)).isFalse();
  }

  @Test
  @Tag("FO-3")
  @Tag("FO-11")
  void newIncarnationIsSomebodyElseAndReleasesNothing() {
    follows("a", 1, 90, 100);
    assertThat(
            voter.follow("a", 2, epoch(2, "a"), 0, Row.ORDINARY, turn(100 + PROMISE - 1, CEILING)))
        .isFalse();
    assertThat(grants("b", 3, 0, 100 + PROMISE - 1)).isFalse();
    assertThat(voter.follow("a", 2, epoch(2, "a"), 0, Row.ORDINARY, turn(100 + PROMISE, CEILING)))
        .isTrue();
  }

  /** The disk knows of promises for up to 310. */
  private static Turn turnOfLongPromises(long now) {
    return new Turn(now, CEILING, 310, 1, Long.MIN_VALUE, new Peers(500_000_000L), new Effects());
  }

  @Test
  @Tag("FO-41")
  void longPromiseIsMadeOnlyIfTheDiskKnowsOfIt() {
    voter.follow("a", FIRST, epoch(1, "a"), 90, 300, turn(100, CEILING));
    assertThat(voter.boundUntil()).isEqualTo(100 + PROMISE);
    assertThat(voter.echoTo("a").leaseNanos()).isEqualTo(Row.ORDINARY);
    voter.follow("a", FIRST, epoch(1, "a"), 91, 300, turnOfLongPromises(101));
    assertThat(voter.boundUntil()).isEqualTo(101 + TIMING.promiseNanos(300));
    assertThat(voter.echoTo("a")).isEqualTo(new Voter.Echo(epoch(1, "a"), 91, 300));
  }

  @Test
  @Tag("FO-41")
  void longPromiseIsCutOnlyWhenItsHolderBeatsForAnOrdinaryLeaseAgain() {
    voter.follow("a", FIRST, epoch(1, "a"), 90, 300, turnOfLongPromises(100));
    long end = 100 + TIMING.promiseNanos(300);
    voter.follow("a", FIRST, epoch(1, "a"), 91, Row.KEEP, turnOfLongPromises(110));
    assertThat(voter.boundUntil()).isEqualTo(end);
    voter.follow("b", FIRST, epoch(2, "b"), 91, Row.ORDINARY, turnOfLongPromises(111));
    assertThat(voter.boundUntil()).isEqualTo(end);
    voter.follow("a", FIRST, epoch(1, "a"), 92, Row.ORDINARY, turnOfLongPromises(112));
    assertThat(voter.boundUntil()).isEqualTo(112 + PROMISE);
  }

  @Test
  @Tag("FO-6")
  void heardIsNotPromised() {
    follows("a", 1, 90, 100);
    follows("b", 2, 95, 110);
    grants("b", 2, 96, 111);
    assertThat(voter.echoTo("b")).isEqualTo(Voter.Echo.NONE);
    assertThat(voter.echoTo("a").sentAt()).isEqualTo(90);
  }

  @Test
  @Tag("FO-6")
  void newestBeatOfEachSenderIsEchoed() {
    follows("a", 1, 95, 100);
    follows("a", 1, 90, 101);
    assertThat(voter.echoTo("a").sentAt()).isEqualTo(95);
    follows("a", 2, 91, 102);
    assertThat(voter.echoTo("a")).isEqualTo(new Voter.Echo(epoch(2, "a"), 91, Row.ORDINARY));
  }

  @Test
  @Tag("FO-11")
  void releaseVoidsPromisesUpToThatEpochOfThatIncarnation() {
    follows("a", 5, 90, 100);
    voter.release("a", FIRST, epoch(4, "a"), 101);
    voter.release("a", FIRST + 1, epoch(5, "a"), 101);
    voter.release("b", FIRST, epoch(5, "a"), 101);
    assertThat(voter.boundTo("a", epoch(5, "a"), 101)).isTrue();
    assertThat(grants("b", 6, 0, 101)).isFalse();
    voter.release("a", FIRST, epoch(5, "a"), 102);
    assertThat(voter.echoTo("a")).isEqualTo(Voter.Echo.NONE);
    assertThat(grants("b", 6, 0, 102)).isTrue();
    voter.release("b", FIRST, epoch(7, "b"), 103);
    assertThat(grants("a", 8, 0, 103)).isTrue();
  }

  /** It has read its gate back as shut. */
  @Test
  @Tag("FO-11")
  void restartedNodeWithAShutGateVoidsPromisesToItsFormerLives() {
    voter.follow("a", 3, epoch(5, "a"), 90, Row.ORDINARY, turn(100, CEILING));
    voter.releaseBefore("a", 3, 101);
    voter.releaseBefore("b", 4, 101);
    assertThat(grants("b", 6, 0, 101)).isFalse();
    voter.releaseBefore("a", 4, 102);
    assertThat(grants("b", 6, 0, 102)).isTrue();
  }

  @Test
  @Tag("FO-15")
  void onlyHigherEpochsAreGrantedAndEchoed() {
    follows("b", 5, 90, 100);
    long free = 100 + PROMISE;
    assertThat(grants("a", 4, 0, free)).isFalse();
    assertThat(grants("a", 5, 0, free)).isFalse();
    assertThat(follows("a", 5, 0, free)).isFalse();
    assertThat(voter.follow("b", 2, epoch(5, "b"), 0, Row.ORDINARY, turn(free, CEILING))).isFalse();
    assertThat(voter.highest()).isEqualTo(epoch(5, "b"));
    assertThat(follows("b", 5, 120, free)).isTrue();
    assertThat(grants("c", 5, 0, free + PROMISE)).isTrue();
    assertThat(voter.highest()).isEqualTo(epoch(5, "c"));
  }

  @Test
  @Tag("FO-16")
  void nothingAboveThePersistedCeilingIsGrantedEchoedOrHeld() {
    assertThat(voter.follow("a", FIRST, epoch(11, "a"), 0, Row.ORDINARY, turn(100, 10))).isFalse();
    assertThat(voter.request("a", FIRST, epoch(11, "a"), 0, 10, 100)).isFalse();
    assertThat(voter.waitingCandidate(100, CEILING, VoterTest::earlier)).isEmpty();
    assertThat(voter.follow("a", FIRST, epoch(10, "a"), 0, Row.ORDINARY, turn(100, 10))).isTrue();
  }

  @Test
  @Tag("FO-17")
  void nothingUpToTheFloorIsGrantedOrEchoed() {
    Voter restarted = new Voter(TIMING, epoch(1_000, "~"));
    assertThat(restarted.follow("a", FIRST, epoch(1_000, "a"), 0, Row.ORDINARY, turn(100, 2_000)))
        .isFalse();
    assertThat(restarted.request("z", FIRST, epoch(1_000, "z"), 0, 2_000, 100)).isFalse();
    assertThat(restarted.highest().counter()).isEqualTo(1_000);
    assertThat(restarted.request("a", FIRST, epoch(1_001, "a"), 0, 2_000, 100)).isTrue();
  }

  @Test
  @Tag("FO-26")
  void requestIsHeldUntilThePromiseLapsesAndTheNewestCounts() {
    follows("a", 1, 90, 100);
    grants("b", 2, 111, 110);
    grants("b", 2, 121, 120);
    assertThat(voter.nextLapse(120)).isEqualTo(100 + PROMISE);
    assertThat(voter.waitingCandidate(100 + PROMISE - 1, CEILING, VoterTest::earlier)).isEmpty();
    assertThat(voter.waitingCandidate(100 + PROMISE, CEILING, VoterTest::earlier)).contains("b");
    voter.grantWaiting("b", 100 + PROMISE);
    assertThat(voter.echoTo("b")).isEqualTo(new Voter.Echo(epoch(2, "b"), 121, Row.ORDINARY));
    assertThat(voter.boundUntil()).isEqualTo(100 + 2 * PROMISE);
    assertThatThrownBy(() -> voter.grantWaiting("b", 200)).hasMessageContaining("of b waits");
  }

  @Test
  @Tag("FO-26")
  void releaseFreesTheVoteForTheHeldRequest() {
    follows("a", 1, 90, 100);
    grants("b", 2, 111, 110);
    voter.release("a", FIRST, epoch(1, "a"), 112);
    assertThat(voter.waitingCandidate(112, CEILING, VoterTest::earlier)).contains("b");
  }

  @Test
  @Tag("FO-26")
  void heldRequestIsDroppedWhenItIsALeaseOld() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 105);
    assertThat(voter.waitingCandidate(105 + LIFE, CEILING, VoterTest::earlier)).isEmpty();
    follows("a", 1, 100, 200);
    grants("b", 2, 0, 202);
    assertThat(voter.waitingCandidate(202 + LIFE - 1, CEILING, VoterTest::earlier)).contains("b");
  }

  @Test
  @Tag("FO-26")
  void heldRequestIsDroppedWhenItsCandidateChanges() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 110);
    voter.dropRequest("b");
    assertThat(voter.nextLapse(110)).isEqualTo(Long.MAX_VALUE);
    assertThat(voter.waitingCandidate(100 + PROMISE, CEILING, VoterTest::earlier)).isEmpty();
  }

  /** A newer reign came and went while the request was held. */
  @Test
  @Tag("FO-15")
  @Tag("FO-26")
  void heldRequestIsDroppedWhenAHigherEpochCameMeanwhile() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 110);
    follows("a", 7, 120, 115);
    voter.release("a", FIRST, epoch(7, "a"), 116);
    assertThat(voter.waitingCandidate(116, CEILING, VoterTest::earlier)).isEmpty();
  }

  /** Whoever has the higher epoch: voters that go by it would split from the candidates' order. */
  @Test
  @Tag("FO-26")
  void whoComesFirstGetsTheVote() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 110);
    grants("c", 3, 0, 110);
    long free = 100 + PROMISE - 2;
    voter.release("a", FIRST, epoch(1, "a"), free);
    assertThat(voter.waitingCandidate(free, CEILING, VoterTest::earlier)).contains("b");
    assertThat(voter.waitingCandidate(free, CEILING, (one, _) -> one.equals("c"))).contains("c");
  }
}
