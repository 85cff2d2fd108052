// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One voter's promises. Promises last 31 and requests live 30, in nanoseconds. */
class VoterTest {
  private static final long PROMISE = 31;
  private static final long LIFE = 30;
  private static final long CEILING = 1_000;
  private static final long FIRST = 1;

  private final Voter voter = new Voter(PROMISE, LIFE, Epoch.NONE);

  private static GenerationId nothing(String candidate) {
    return GenerationId.NONE;
  }

  private static Epoch epoch(long counter, String node) {
    return new Epoch(counter, node);
  }

  private boolean follows(String node, long counter, long sentAt, long now) {
    return voter.follow(node, FIRST, epoch(counter, node), sentAt, CEILING, now);
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
    assertThat(voter.echoTo("a")).isEqualTo(new Voter.Echo(epoch(1, "a"), elsewhere));
    assertThat(voter.boundUntil()).isEqualTo(100 + PROMISE);
    assertThat(grants("b", 2, 0, 100 + PROMISE)).isTrue();
    assertThat(voter.echoTo("b")).isEqualTo(new Voter.Echo(epoch(2, "b"), 0));
    assertThat(voter.boundUntil()).isEqualTo(100 + 2 * PROMISE);
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
    assertThat(voter.follow("a", 2, epoch(2, "a"), 0, CEILING, 100 + PROMISE - 1)).isFalse();
    assertThat(grants("b", 3, 0, 100 + PROMISE - 1)).isFalse();
    assertThat(voter.follow("a", 2, epoch(2, "a"), 0, CEILING, 100 + PROMISE)).isTrue();
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
    assertThat(voter.echoTo("a")).isEqualTo(new Voter.Echo(epoch(2, "a"), 91));
  }

  @Test
  @Tag("FO-11")
  void releaseVoidsPromisesToExactlyThatEpochOfThatIncarnation() {
    follows("a", 5, 90, 100);
    voter.release("a", FIRST, epoch(4, "a"), 101);
    voter.release("a", FIRST + 1, epoch(5, "a"), 101);
    voter.release("b", FIRST, epoch(5, "a"), 101);
    assertThat(voter.boundTo("a", epoch(5, "a"), 101)).isTrue();
    assertThat(grants("b", 6, 0, 101)).isFalse();
    voter.release("a", FIRST, epoch(5, "a"), 102);
    assertThat(voter.echoTo("a")).isEqualTo(Voter.Echo.NONE);
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
    assertThat(voter.follow("b", 2, epoch(5, "b"), 0, CEILING, free)).isFalse();
    assertThat(voter.highest()).isEqualTo(epoch(5, "b"));
    assertThat(follows("b", 5, 120, free)).isTrue();
    assertThat(grants("c", 5, 0, free + PROMISE)).isTrue();
    assertThat(voter.highest()).isEqualTo(epoch(5, "c"));
  }

  @Test
  @Tag("FO-16")
  void nothingAboveThePersistedCeilingIsGrantedEchoedOrHeld() {
    assertThat(voter.follow("a", FIRST, epoch(11, "a"), 0, 10, 100)).isFalse();
    assertThat(voter.request("a", FIRST, epoch(11, "a"), 0, 10, 100)).isFalse();
    assertThat(voter.waitingCandidate(100, CEILING, VoterTest::nothing)).isEmpty();
    assertThat(voter.follow("a", FIRST, epoch(10, "a"), 0, 10, 100)).isTrue();
  }

  @Test
  @Tag("FO-17")
  void nothingUpToTheFloorIsGrantedOrEchoed() {
    Voter restarted = new Voter(PROMISE, LIFE, epoch(1_000, "~"));
    assertThat(restarted.follow("a", FIRST, epoch(1_000, "a"), 0, 2_000, 100)).isFalse();
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
    assertThat(voter.waitingCandidate(100 + PROMISE - 1, CEILING, VoterTest::nothing)).isEmpty();
    assertThat(voter.waitingCandidate(100 + PROMISE, CEILING, VoterTest::nothing)).contains("b");
    voter.grantWaiting("b", 100 + PROMISE);
    assertThat(voter.echoTo("b")).isEqualTo(new Voter.Echo(epoch(2, "b"), 121));
    assertThat(voter.boundUntil()).isEqualTo(100 + 2 * PROMISE);
    assertThatThrownBy(() -> voter.grantWaiting("b", 200)).hasMessageContaining("of b waits");
  }

  @Test
  @Tag("FO-26")
  void releaseFreesTheVoteForTheHeldRequest() {
    follows("a", 1, 90, 100);
    grants("b", 2, 111, 110);
    voter.release("a", FIRST, epoch(1, "a"), 112);
    assertThat(voter.waitingCandidate(112, CEILING, VoterTest::nothing)).contains("b");
  }

  @Test
  @Tag("FO-26")
  void heldRequestIsDroppedWhenItIsALeaseOld() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 105);
    assertThat(voter.waitingCandidate(105 + LIFE, CEILING, VoterTest::nothing)).isEmpty();
    follows("a", 1, 100, 200);
    grants("b", 2, 0, 202);
    assertThat(voter.waitingCandidate(202 + LIFE - 1, CEILING, VoterTest::nothing)).contains("b");
  }

  @Test
  @Tag("FO-26")
  void heldRequestIsDroppedWhenItsCandidateChanges() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 110);
    voter.dropRequest("b");
    assertThat(voter.nextLapse(110)).isEqualTo(Long.MAX_VALUE);
    assertThat(voter.waitingCandidate(100 + PROMISE, CEILING, VoterTest::nothing)).isEmpty();
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
    assertThat(voter.waitingCandidate(116, CEILING, VoterTest::nothing)).isEmpty();
  }

  @Test
  @Tag("FO-26")
  void newestStateOnOfferThenTheHigherEpochGetsTheVote() {
    follows("a", 1, 90, 100);
    grants("b", 2, 0, 110);
    grants("c", 3, 0, 110);
    GenerationId newer = new GenerationId(epoch(1, "a"), 8);
    GenerationId older = new GenerationId(epoch(1, "a"), 7);
    Map<String, GenerationId> unequal = Map.of("b", newer, "c", older);
    long free = 100 + PROMISE - 2;
    voter.release("a", FIRST, epoch(1, "a"), free);
    assertThat(voter.waitingCandidate(free, CEILING, n -> unequal.getOrDefault(n, older)))
        .contains("b");
    assertThat(voter.waitingCandidate(free, CEILING, _ -> newer)).contains("c");
  }
}
