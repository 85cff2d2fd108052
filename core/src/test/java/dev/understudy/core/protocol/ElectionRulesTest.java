// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From a silent active to a majority of votes, as node a of a, b and c goes it. */
class ElectionRulesTest {
  private static final long LEASE = Prompter.TIMING.leaseNanos();
  private static final long PROMISE = Prompter.TIMING.promiseNanos();
  private static final long WINDOW = Prompter.TIMING.windowNanos();
  private static final long BEAT = Prompter.TIMING.beatNanos();
  private static final long MARGIN = Prompter.TIMING.gateMarginNanos();
  private static final Epoch EPOCH = new Epoch(5, "b");
  private static final GenerationId NEWER = new GenerationId(EPOCH, 3);

  /** Node a is bound to b, which has just been heard for the last time. */
  private static Prompter bound(String... others) {
    Prompter a = Prompter.ready(false, others);
    a.says("b", Words.reigning(EPOCH));
    return a;
  }

  @Test
  @Tag("FO-5")
  void ownVoteWaitsForTheOwnPromise() {
    Prompter a = bound("b", "c");
    long heard = a.now();
    a.candidature("c");
    a.echoes("c");
    a.pass(heard + PROMISE - 1 - a.now());
    assertThat(a.state()).isEqualTo("candidate");
    a.pass(1);
    assertThat(a.state()).isEqualTo("active");
  }

  /** It votes for itself at the end of its promise, not at the beginning of its request. */
  @Test
  @Tag("FO-5")
  void ownVoteBindsLikeAnyOther() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.candidature("b");
    a.beats("c", Words.requesting(new Epoch(50, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.state()).isEqualTo("candidate");
  }

  @Test
  @Tag("FO-23")
  void activeIsSuspectedAfterAWindowAndNotEarlier() {
    Prompter a = bound("b", "c");
    a.pass(WINDOW - 1);
    assertThat(a.state()).isEqualTo("passive");
    a.pass(1);
    assertThat(a.state()).isEqualTo("asking");
    assertThat(a.verdicts).containsExactly(new Verdict.Suspected("count", "b", WINDOW));
  }

  @Test
  @Tag("FO-24")
  void yesIsSaidOnceTheActiveIsSilentForAWindowLessABeat() {
    Prompter a = bound("b", "c");
    a.pass(WINDOW - BEAT - 1);
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
    a.pass(1);
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(a.lastHeardFrom("c").sentAt());
  }

  @Test
  @Tag("FO-24")
  void yesIsTakenBackWhenAnActiveIsHeard() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isNotEqualTo(Row.NO_TIME);
    a.says("b", Words.reigning(EPOCH));
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
  }

  @Test
  @Tag("FO-24")
  void activeSaysNo() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.reign("b");
    a.beats("c", Words.asking());
    assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
  }

  @Test
  @Tag("FO-24")
  void yesBindsNobody() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.beats("b", Words.asking());
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
    a.beats("c", Words.requesting(new Epoch(6, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(6, "c"));
  }

  @Test
  @Tag("FO-24")
  void requestNeedsAMajorityThatSaidYesToThisQuestion() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    a.passUntil("asking");
    long asked = a.now();
    a.says("b", Words.passive().yes(asked));
    a.says("b", Words.passive().yes(asked));
    a.says("c", Words.passive().yes(asked - 1));
    assertThat(a.state()).isEqualTo("asking");
    a.says("d", Words.passive().yes(asked));
    assertThat(a.state()).isEqualTo("candidate");
  }

  @Test
  @Tag("FO-24")
  void questionIsRepeatedWithEveryBeat() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.passUntil("asking");
    a.sent.clear();
    for (int beats = 0; beats < 3; beats++) {
      a.says("c", Words.passive());
      a.pass(BEAT);
    }
    assertThat(a.sent)
        .filteredOn(d -> d.receiver().equals("c"))
        .hasSize(3)
        .allMatch(d -> d.rows().getFirst().stand() == Row.Stand.ASKING);
  }

  @Test
  @Tag("FO-15")
  void requestGoesAboveEveryEpochThatWasHeardOf() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("c", Words.passive().highest(new Epoch(41, "b")));
    assertThat(a.candidature("b")).isEqualTo(new Epoch(42, "a"));
  }

  @Test
  @Tag("FO-25")
  void votesElectOnlyWhileTheLeaseFromTheRequestRuns() {
    for (long late : new long[] {-1, 0}) {
      Prompter a = Prompter.ready(false, "b", "c");
      Epoch epoch = a.candidature("b");
      long requested = a.lastTo("b").sentAt();
      a.pass(LEASE - MARGIN + late);
      a.says("b", Words.passive().echoes(epoch, requested));
      assertThat(a.state()).isEqualTo(late < 0 ? "active" : "candidate");
    }
  }

  @Test
  @Tag("FO-25")
  void minorityElectsNobody() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    a.candidature("b", "c");
    a.echoes("b");
    a.echoes("b");
    assertThat(a.state()).isEqualTo("candidate");
    a.echoes("d");
    assertThat(a.state()).isEqualTo("active");
  }

  @Test
  @Tag("FO-26")
  void heldRequestIsGrantedAndToldTheMomentThePromiseLapses() {
    Prompter a = Prompter.ready(true, "b", "c");
    a.says("b", Words.reigning(EPOCH));
    long heard = a.now();
    a.pass(WINDOW);
    Epoch wanted = new Epoch(6, "c");
    a.says("c", Words.requesting(wanted).holds(NEWER));
    a.pass(heard + PROMISE - 1 - a.now());
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.untilWake()).isEqualTo(1);
    a.sent.clear();
    a.pass(1);
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(wanted);
  }

  @Test
  @Tag("FO-27")
  void candidateGivesUpAfterOneAndAHalfLeasesAndAsksAgain() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.candidature("b");
    long requested = a.now();
    a.pass(LEASE * 3 / 2 - 1);
    assertThat(a.state()).isEqualTo("candidate");
    a.pass(1);
    assertThat(a.rowTo("b").released()).isEqualTo(epoch);
    assertThat(a.rowTo("b").stand()).isEqualTo(Row.Stand.PASSIVE);
    a.passUntil("asking");
    assertThat(a.now() - requested)
        .isBetween(LEASE * 3 / 2 + 1, LEASE * 3 / 2 + 2 * Prompter.TIMING.staggerNanos());
  }

  /** One is heard whose turn it is before. */
  @Test
  @Tag("FO-27")
  void whoGaveUpWaitsForItsRank() {
    Prompter a = Prompter.ready(true, "b", "c");
    a.step(new Input.CopyHeld(a.now(), VirtualCluster.WORKLOAD, new GenerationId(EPOCH, 1)));
    a.candidature("c");
    a.says("b", Words.passive().holds(NEWER));
    a.pass(LEASE);
    a.says("b", Words.passive().holds(NEWER));
    a.pass(LEASE / 2);
    long gaveUp = a.now();
    assertThat(a.state()).isEqualTo("passive");
    a.says("b", Words.passive());
    a.passUntil("asking");
    long stagger = Prompter.TIMING.staggerNanos();
    assertThat(a.now() - gaveUp).isBetween(stagger, 3 * stagger);
  }

  @Test
  @Tag("FO-13")
  @Tag("FO-27")
  void epochThatWasGivenUpIsNotAskedForAgainAndItsVotesAreVoid() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch first = a.candidature("b");
    long requested = a.lastTo("b").sentAt();
    a.pass(LEASE * 3 / 2);
    Epoch second = a.candidature("c");
    assertThat(second.above(first)).isTrue();
    a.says("b", Words.passive().echoes(first, requested));
    assertThat(a.state()).isEqualTo("candidate");
  }

  /** It is bound to b in both candidatures, so that its own voter remembers neither epoch. */
  @Test
  @Tag("FO-13")
  void epochOfACandidatureThatGaveWayIsNotAskedForAgain() {
    Prompter a = bound("b", "c");
    Epoch first = a.candidature("c");
    a.says("b", Words.reigning(EPOCH));
    assertThat(a.state()).isEqualTo("passive");
    assertThat(a.candidature("c").above(first)).isTrue();
  }

  @Test
  @Tag("FO-28")
  void candidateGrantsWhoComesBeforeItAndReleases() {
    Prompter a = bound("b", "c");
    long heard = a.now();
    Epoch own = a.candidature("c");
    Epoch other = new Epoch(own.counter() + 1, "c");
    a.says("c", Words.requesting(other).holds(NEWER));
    a.pass(heard + PROMISE - a.now());
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(other);
    assertThat(a.rowTo("c").released()).isEqualTo(own);
    assertThat(a.state()).isNotEqualTo("candidate");
  }

  @Test
  @Tag("FO-28")
  void candidateKeepsItsVoteFromWhoComesAfterIt() {
    Prompter a = bound("b", "c");
    long heard = a.now();
    Epoch own = a.candidature("c");
    a.says("c", Words.requesting(new Epoch(own.counter() + 1, "c")));
    a.pass(heard + PROMISE - a.now());
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.state()).isEqualTo("candidate");
  }

  /** What was answered to the question before counts no more. */
  @Test
  @Tag("FO-28")
  void questionIsGivenUpForAGrant() {
    Prompter a = bound("b", "c", "d", "e");
    a.passUntil("asking");
    long asked = a.now();
    a.pass(PROMISE - WINDOW);
    a.says("d", Words.passive().yes(asked));
    a.beats("c", Words.requesting(new Epoch(6, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(6, "c"));
    a.says("e", Words.passive().yes(a.now()));
    assertThat(a.state()).isNotEqualTo("candidate");
  }

  @Test
  @Tag("FO-28")
  void candidateWithdrawsWhenItHearsAnActive() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch own = a.candidature("c");
    a.beats("b", Words.reigning(new Epoch(9, "b")));
    assertThat(a.state()).isEqualTo("passive");
    assertThat(a.rowTo("b").released()).isEqualTo(own);
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(new Epoch(9, "b"));
  }

  /** The request arrives in the very step in which the candidate's own promise is over. */
  @Test
  @Tag("FO-28")
  void candidateWhosePromiseHasJustLapsedVotesForItselfFirst() {
    Prompter a = bound("b", "c");
    long heard = a.now();
    Epoch own = a.candidature("c");
    a.pass(heard + PROMISE - 1 - a.now());
    a.standStill(1);
    a.beats("c", Words.requesting(new Epoch(own.counter() + 1, "c")));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    assertThat(a.state()).isEqualTo("candidate");
    a.echoes("c");
    assertThat(a.state()).isEqualTo("active");
  }

  @Test
  @Tag("FO-28")
  void whoHasGrantedAsksNobodyForAWindow() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.passUntil("asking");
    a.beats("c", Words.requesting(new Epoch(6, "c")));
    long granted = a.now();
    assertThat(a.state()).isEqualTo("passive");
    a.passUntil("asking");
    assertThat(a.now()).isEqualTo(granted + WINDOW);
  }
}
