// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose word is enough. */
class ElectorateTest {
  private static final Timing TIMING = Timing.STANDARD;
  private static final long WINDOW = TIMING.windowNanos();
  private static final long PROMISE = TIMING.promiseNanos();

  private final Peers peers = new Peers(500_000_000L);

  private Turn turn(long now) {
    return new Turn(now, 1_000, PROMISE, 1, Long.MIN_VALUE, peers, new Effects());
  }

  private void hear(String peer, long now) {
    peers.add(peer);
    peers.hear(Words.passive().datagram(peer, "a", now, 0), now);
  }

  private static Times times(Object... namesAndTimes) {
    Times times = new Times();
    for (int i = 0; i < namesAndTimes.length; i += 2) {
      times.merge((String) namesAndTimes[i], (Long) namesAndTimes[i + 1]);
    }
    return times;
  }

  private static Electorate five() {
    return new Electorate(Prompter.group(false, "b", "c", "d", "e"), "a", TIMING);
  }

  private static Electorate pair(GroupConfig.Quorum quorum) {
    List<String> members = List.of("a", "b");
    return new Electorate(
        new GroupConfig("count", members, members, quorum, false, 1), "a", TIMING);
  }

  @Test
  @Tag("FO-25")
  void moreThanHalfOfTheMembersElect() {
    assertThat(five().elects(List.of("a", "b"), turn(0))).isFalse();
    assertThat(five().elects(List.of("a", "b", "x"), turn(0))).isFalse();
    assertThat(five().elects(List.of("c", "d", "e"), turn(0))).isTrue();
  }

  @Test
  @Tag("FO-4")
  void leaseEndsWithTheVoterThatMakesTheMajority() {
    assertThat(five().leaseEnd(times("a", 9L, "b", 5L))).isEqualTo(Long.MIN_VALUE);
    assertThat(five().leaseEnd(times("a", 9L, "b", 5L, "c", 7L))).isEqualTo(5);
    assertThat(five().leaseEnd(times("a", 9L, "b", 5L, "c", 7L, "d", 6L))).isEqualTo(6);
    assertThat(five().leaseEnd(times("a", 9L, "b", 5L, "x", 7L))).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  @Tag("FO-33")
  void majorityThatWasHeardIncludesThisNodeAndCountsFromThatInstant() {
    hear("b", 100);
    hear("c", 99);
    assertThat(five().heardSince(100, turn(100))).isFalse();
    assertThat(five().heardSince(99, turn(100))).isTrue();
  }

  @Test
  @Tag("FO-42")
  void consistentPairNeedsBothOrAWordForTheOther() {
    Electorate pair = pair(GroupConfig.Quorum.PAIR_CONSISTENCY);
    peers.add("b");
    assertThat(pair.elects(List.of("a"), turn(1_000))).isFalse();
    assertThat(pair.elects(List.of("a", "b"), turn(1_000))).isTrue();
    pair.fence("b");
    assertThat(pair.elects(List.of("a"), turn(1_000))).isTrue();
    assertThat(pair.unfence("b")).isTrue();
    assertThat(pair.unfence("b")).isFalse();
    assertThat(pair.elects(List.of("a"), turn(1_000))).isFalse();
  }

  @Test
  @Tag("FO-43")
  void availablePairNeedsTheOtherOnlyWhileItIsHeard() {
    Electorate pair = pair(GroupConfig.Quorum.PAIR_AVAILABILITY);
    hear("b", 100);
    assertThat(pair.wouldElect(List.of("a"), turn(100 + WINDOW))).isFalse();
    assertThat(pair.wouldElect(List.of("a"), turn(100 + WINDOW + 1))).isTrue();
    assertThat(pair.elects(List.of("a"), turn(100 + PROMISE))).isFalse();
    assertThat(pair.elects(List.of("a", "b"), turn(100 + PROMISE))).isTrue();
    assertThat(pair.elects(List.of("a"), turn(100 + PROMISE + 1))).isTrue();
  }

  @Test
  @Tag("FO-42")
  @Tag("FO-44")
  void whoHasNoLeaseGoesByItsOwnVote() {
    Electorate five = five();
    Times ends = times("a", 9L, "b", 5L, "c", 4L);
    assertThat(five.leaseless()).isFalse();
    five.setAlone(true);
    assertThat(five.leaseless()).isTrue();
    assertThat(five.leaseEnd(ends)).isEqualTo(9);
    assertThat(five.majorityEnd(ends)).isEqualTo(4);
    assertThat(pair(GroupConfig.Quorum.PAIR_CONSISTENCY).leaseEnd(ends)).isEqualTo(9);
    assertThat(pair(GroupConfig.Quorum.PAIR_CONSISTENCY).leaseless()).isTrue();
    assertThat(pair(GroupConfig.Quorum.PAIR_AVAILABILITY).leaseless()).isFalse();
  }
}
