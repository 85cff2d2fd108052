// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.protocol.Membership.Member;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who votes, and how that is changed. */
class MembershipTest {
  private static final Epoch EPOCH = new Epoch(5, "b");

  private static List<Member> members(String... nodes) {
    return Stream.of(nodes).map(n -> new Member(n, 0)).toList();
  }

  private static Membership version(long number) {
    return new Membership(EPOCH, number, members("a", "b", "c"), List.of());
  }

  @Test
  @Tag("FO-45")
  void versionsAreOrderedByReignThenByNumber() {
    Membership next = new Membership(new Epoch(6, "a"), 1, members("a"), List.of());
    assertThat(version(2).newerThan(version(1))).isTrue();
    assertThat(version(2).newerThan(version(2))).isFalse();
    assertThat(next.newerThan(version(2))).isTrue();
    assertThat(version(1).newerThan(Membership.NONE)).isTrue();
    assertThatThrownBy(() -> new Membership(EPOCH, 0, members("a"), List.of()))
        .hasMessageContaining("no version 5@b/0");
  }

  @Test
  @Tag("FO-45")
  void pendingChangeNeedsMajoritiesOfBothSets() {
    Electorate electorate =
        new Electorate(Prompter.group(false, "b", "c", "d"), "a", Prompter.TIMING);
    electorate.follow(new Membership(EPOCH, 1, members("a", "b", "d"), members("a", "b", "c")));
    assertThat(electorate.majority(List.of("a", "d"))).isFalse();
    assertThat(electorate.majority(List.of("a", "c"))).isFalse();
    assertThat(electorate.majority(List.of("a", "c", "d"))).isTrue();
    assertThat(electorate.majority(List.of("a", "b"))).isTrue();
    Times ends = new Times();
    ends.merge("a", 90);
    ends.merge("d", 80);
    assertThat(electorate.majorityEnd(ends)).isEqualTo(Times.NONE);
    ends.merge("c", 70);
    assertThat(electorate.majorityEnd(ends)).isEqualTo(70);
    electorate.follow(new Membership(EPOCH, 2, members("a", "b", "d"), List.of()));
    assertThat(electorate.majorityEnd(ends)).isEqualTo(80);
  }

  @Test
  @Tag("FO-45")
  void holderBringsAChangeToAllDisks() {
    Hub hub = new Hub(3, "a", "b", "c", "d");
    String active = hub.active();
    hub.ask(active, "d", "c");
    Membership done = hub.changed(active);
    assertThat(done.epoch().node()).isEqualTo(active);
    assertThat(done.former()).isEmpty();
    assertThat(done.members())
        .containsExactly(new Member("a", 0), new Member("b", 0), new Member("d", 7));
    hub.pass(100);
    assertThat(Stream.of("a", "b", "c", "d").map(hub::onDisk)).containsOnly(done);
    assertThat(hub.said("b"))
        .filteredOn(Verdict.MembershipKnown.class::isInstance)
        .extracting(v -> ((Verdict.MembershipKnown) v).version().number())
        .containsExactly(1L, 2L, 3L);
    assertThat(hub.sent)
        .filteredOn(d -> d.sender().equals(active))
        .last()
        .satisfies(d -> assertThat(d.rows().getFirst().membership()).isEqualTo(done));
  }

  @Test
  @Tag("FO-45")
  void whoWasRemovedStandsNoMoreAndWhoJoinedVotes() {
    Hub hub = new Hub(3, "a", "b", "c", "d");
    String active = hub.active();
    assertThat(active).isEqualTo("a");
    hub.ask("a", "d", "c");
    hub.changed("a");
    hub.pass(100);
    hub.crash("a");
    hub.pass(50);
    assertThat(hub.explain("c"))
        .anySatisfy(f -> assertThat(f.text()).contains("does not vote by version"));
    assertThat(hub.active()).isNotEqualTo("c");
  }

  @Test
  @Tag("FO-45")
  void onlyTheHolderChangesItAndOneAtATime() {
    Hub hub = new Hub(3, "a", "b", "c", "d");
    String active = hub.active();
    String other = active.equals("b") ? "c" : "b";
    hub.ask(other, "d", "");
    assertThat(hub.refusals(other)).singleElement().asString().contains("no lease here");
    hub.ask(active, "", active);
    hub.ask(active, "x", "");
    hub.ask(active, "b", "");
    hub.ask(active, "", "d");
    hub.ask(active, "", "");
    assertThat(hub.refusals(active)).hasSize(5);
    hub.ask(active, "d", "");
    hub.ask(active, "", other);
    assertThat(hub.refusals(active)).hasSize(6).last().asString().contains("under way");
    assertThat(hub.changed(active).members()).hasSize(4);
  }

  /** Elected by the former set, it hears of the set that a former holder has made without it. */
  @Test
  @Tag("FO-45")
  void lastVoterStaysThoughTheActiveIsNone() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.passive().highest(EPOCH));
    assertThat(a.reign("b", "c").above(EPOCH)).isTrue();
    Membership onlyB = new Membership(EPOCH, 3, members("b"), List.of());
    a.beats("b", Words.passive().of(onlyB));
    a.step(new Input.MembershipAsked(a.now(), VirtualCluster.WORKLOAD, "", "b"));
    assertThat(a.verdicts)
        .contains(new Verdict.MembershipRefused(VirtualCluster.WORKLOAD, "b is the last voter"));
    assertThat(a.state()).isEqualTo("active");
  }

  @Test
  @Tag("FO-45")
  void nextHolderCommitsAgainUnderItsOwnEpochBeforeItChangesAnything() {
    Hub hub = new Hub(3, "a", "b", "c", "d");
    hub.active();
    hub.ask("a", "d", "");
    Membership first = hub.changed("a");
    hub.pass(100);
    hub.crash("a");
    String next = hub.active();
    hub.ask(next, "", "a");
    Membership second = hub.changed(next);
    assertThat(second.epoch().above(first.epoch())).isTrue();
    assertThat(second.number()).isEqualTo(3);
    assertThat(second.members()).extracting(Member::node).containsExactly("b", "c", "d");
  }

  @Test
  @Tag("FO-45")
  void nextHolderCompletesWhatTheFormerOneBegan() {
    Hub hub = new Hub(3, "a", "b", "c", "d");
    hub.active();
    hub.ask("a", "d", "");
    hub.passUntil(() -> hub.onDisk("b").pending(), 100);
    hub.crash("a");
    String next = hub.active();
    Membership done = hub.changed(next);
    assertThat(done.epoch().node()).isEqualTo(next);
    assertThat(done.former()).isEmpty();
    assertThat(done.members()).extracting(Member::node).containsExactly("a", "b", "c", "d");
  }

  /** Node b told it of a version; it is bound to nobody. */
  private static Prompter toldOfAVersion() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.passive().of(version(2)));
    return a;
  }

  @Test
  @Tag("FO-45")
  void voterRefusesACandidateWithAnOlderVersion() {
    Prompter a = toldOfAVersion();
    assertThat(a.persisted.getLast().membership(VirtualCluster.WORKLOAD)).isEqualTo(version(2));
    for (Membership older : List.of(Membership.NONE, version(1))) {
      a.beats("c", Words.asking().of(older));
      assertThat(a.rowTo("c").yesTo()).isEqualTo(Row.NO_TIME);
      a.beats("c", Words.requesting(new Epoch(6, "c")).of(older));
      assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    }
    a.beats("c", Words.asking().of(version(2)));
    assertThat(a.rowTo("c").yesTo()).isNotEqualTo(Row.NO_TIME);
    a.beats("c", Words.requesting(new Epoch(6, "c")).of(version(2)));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(6, "c"));
  }

  /** First the disk, then the word. */
  @Test
  @Tag("FO-45")
  void versionIsToldWhenTheDiskHasIt() {
    Prompter a = toldOfAVersion();
    a.beats("b", Words.passive().of(version(2)));
    assertThat(a.rowTo("b").membership()).isEqualTo(Membership.NONE);
    a.step(new Input.Persisted(a.now(), a.persisted.getLast()));
    a.beats("b", Words.passive().of(version(2)));
    assertThat(a.rowTo("b").membership()).isEqualTo(version(2));
  }

  @Test
  @Tag("FO-46")
  void nodeThatLostItsDiskCarriesNoLease() {
    Hub hub = new Hub(3, "a", "b", "c");
    assertThat(hub.active()).isEqualTo("a");
    hub.crash("c");
    hub.start("c", DurableState.lost(1_000));
    hub.pass(130_000);
    assertThat(hub.view("a").leading()).isTrue();
    assertThat(hub.explain("c"))
        .anySatisfy(f -> assertThat(f.text()).contains("has lost its disk"));
    hub.crash("b");
    hub.pass(100);
    assertThat(hub.view("a").leading()).isFalse();
    assertThat(hub.sent)
        .filteredOn(d -> d.sender().equals("c") && d.senderIncarnation() == 1_000)
        .isNotEmpty()
        .allMatch(d -> d.rows().getFirst().echoEpoch().equals(Epoch.NONE));
  }

  @Test
  @Tag("FO-46")
  void itVotesAgainWhenTheHolderHasNamedItAnew() {
    Hub hub = new Hub(3, "a", "b", "c");
    assertThat(hub.active()).isEqualTo("a");
    hub.crash("c");
    hub.start("c", DurableState.lost(1_000));
    hub.pass(50);
    hub.ask("a", "c", "c");
    assertThat(hub.changed("a").members()).contains(new Member("c", 1_000));
    hub.pass(130_000);
    hub.crash("b");
    hub.pass(1_000);
    assertThat(hub.view("a").leading()).isTrue();
    assertThat(hub.disk("c").lostAt()).isEqualTo(1_000);
  }

  /** The version has the first epoch of the reign, which was raised before it was made. */
  @Test
  @Tag("FO-46")
  void whoIsTakenBackRefusesWhatLiesBelowTheRaisedEpoch() {
    DurableState lost = DurableState.lost(1_000).nextStart(Prompter.TIMING.promiseNanos());
    Prompter a = new Prompter(Prompter.group(false, "b", "c"), lost, 0);
    a.pass(130_000 * VirtualCluster.MILLI);
    Membership named =
        new Membership(
            EPOCH,
            3,
            List.of(new Member("a", 1_000), new Member("b", 0), new Member("c", 0)),
            List.of());
    a.beats("b", Words.reigning(new Epoch(9, "b")).of(named));
    a.step(new Input.Persisted(a.now(), a.persisted.getLast()));
    a.pass(Prompter.TIMING.promiseNanos());
    a.beats("c", Words.requesting(new Epoch(7, "c")).of(named));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
    a.beats("c", Words.requesting(new Epoch(10, "c")).of(named));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(10, "c"));
  }

  @Test
  @Tag("FO-46")
  void whoHearsThatItHasForgottenItsStartsVotesNoMore() {
    Hub hub = new Hub(3, "a", "b", "c");
    hub.active();
    hub.crash("c");
    hub.start("c", DurableState.NEW);
    hub.pass(100);
    assertThat(hub.said("c")).contains(new Verdict.HistoryLost(Hub.WORKLOAD, 1, 7));
    assertThat(hub.disk("c").nextStart(0).lostAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(hub.sent)
        .filteredOn(d -> d.sender().equals("c") && d.senderIncarnation() == 1)
        .isNotEmpty()
        .allMatch(d -> d.rows().getFirst().echoEpoch().equals(Epoch.NONE));
  }
}
