// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;
import java.util.Optional;

/** What a group's node makes of the rows of its peers: echoes, questions, requests, reigns. */
final class Hearing {
  private final GroupState state;
  private final Candidature candidature;
  private final Tenure tenure;

  Hearing(GroupState state, Candidature candidature, Tenure tenure) {
    this.state = state;
    this.candidature = candidature;
    this.tenure = tenure;
  }

  /** A row of a peer. Echoes count in any order; everything else only from its newest datagram. */
  void hear(Datagram from, Row row, boolean newest, Turn turn) {
    state.seen(row.epoch().counter());
    state.refusedBelow(row.highest());
    if (from.receiverIncarnation() == turn.incarnation()) {
      hearEcho(from.sender(), row, turn.now());
    }
    if (!newest) {
      return;
    }
    if (state.electorate.unfence(from.sender())) {
      turn.effects().say(new Verdict.FenceVoid(state.workload(), from.sender()));
    }
    state.stands.put(from.sender(), row.stand());
    state.copies.peerSays(from.sender(), row.held());
    state.assembly.hear(from.sender(), row.membership(), turn);
    if (!row.released().equals(Epoch.NONE)) {
      state.voter.release(from.sender(), from.senderIncarnation(), row.released(), turn.now());
      state.active.ending(from.sender(), from.senderIncarnation(), row.released(), turn.now());
    }
    if (row.reignFrom() > 0) {
      state.voter.releaseBefore(from.sender(), row.reignFrom(), turn.now());
      state.active.endedBefore(from.sender(), row.reignFrom(), turn.now());
    }
    if (row.stand() != Row.Stand.ASKING) {
      state.yesTo.remove(from.sender());
    }
    switch (row.stand()) {
      case PASSIVE -> state.voter.dropRequest(from.sender());
      case ASKING -> hearQuestion(from, row, turn);
      case CANDIDATE -> hearRequest(from, row, turn);
      case ACTIVE -> hearActive(from, row, turn);
      case CLOSING -> {
        state.voter.dropRequest(from.sender());
        state.active.ending(from.sender(), holder(from, row), row.epoch(), turn.now());
      }
    }
    state.mirror.hear(from.sender(), row, state.reignEpoch(), turn);
  }

  private void hearEcho(String voterName, Row row, long now) {
    if (state.leads() && !row.echoEpoch().equals(Epoch.NONE)) {
      long longNanos = state.maintenance.leaseNanos(row.echoSentAt(), row.echoNanos());
      state.reign.echo(voterName, row.echoEpoch(), row.echoSentAt(), longNanos, now);
    }
    if (state.standing instanceof Standing.Asking(var since, var yes) && row.yesTo() >= since) {
      yes.add(voterName);
    }
  }

  private void hearQuestion(Datagram from, Row row, Turn turn) {
    state.voter.dropRequest(from.sender());
    long silence = state.timing.windowNanos() - state.timing.beatNanos();
    boolean wouldVote =
        !state.mute()
            && !(state.standing instanceof Standing.Active)
            && !state.assembly.outdates(row.membership())
            && (state.standing instanceof Standing.Closing
                || state.active.vacant(turn.now(), silence))
            && turn.now() >= state.succession.trustedFrom(turn)
            && turn.now() >= state.voter.ordinaryFrom()
            && !state.succession.forgets(from.sender(), turn);
    if (wouldVote) {
      state.yesTo.put(from.sender(), from.sentAt());
    } else {
      state.yesTo.remove(from.sender());
    }
  }

  private void hearRequest(Datagram from, Row row, Turn turn) {
    if (state.mute()
        || state.assembly.outdates(row.membership())
        || state.succession.forgets(from.sender(), turn)) {
      return;
    }
    if (outbid(from.sender())) {
      // Its own vote is about to be cast: this one waits for what comes of it.
      state.voter.hold(
          from.sender(), holder(from, row), row.epoch(), from.sentAt(), turn.ceiling(), turn.now());
      return;
    }
    boolean granted =
        state.voter.request(
            from.sender(),
            holder(from, row),
            row.epoch(),
            from.sentAt(),
            turn.ceiling(),
            turn.now());
    if (granted) {
      granted(from.sender(), turn);
    }
  }

  private void hearActive(Datagram from, Row row, Turn turn) {
    state.voter.dropRequest(from.sender());
    boolean news = row.epoch().compareTo(state.active.epoch()) >= 0;
    boolean rival =
        state.standing instanceof Standing.Active && row.epoch().above(state.reignEpoch());
    if (rival) {
      state.yielded = true;
      tenure.close("epoch " + row.epoch() + " reigns", turn);
    }
    if (!(state.standing instanceof Standing.Active)
        && !(state.standing instanceof Standing.Closing)) {
      state.active.heard(from.sender(), holder(from, row), row, turn.now());
      if (news) {
        followNews(from.sender(), turn);
      }
    }
    if (!state.mute()) {
      if (row.askNanos() > 0) {
        long wanted = Maintenance.promiseNanos(row.askNanos(), state.timing);
        state.wantPromise(wanted, turn.now());
      }
      state.voter.follow(
          from.sender(), holder(from, row), row.epoch(), from.sentAt(), row.askNanos(), turn);
    }
  }

  private static long holder(Datagram from, Row row) {
    return row.holderIncarnation(from.senderIncarnation());
  }

  private void followNews(String node, Turn turn) {
    state.suspicionSaid = false;
    giveWay(node, turn);
    if (!state.copies.hasFrozen()) {
      return;
    }
    Epoch own = state.copies.frozenEpoch();
    state.copies.dropFrozen();
    String why = node + " reigns";
    if (state.yielded && state.config.mayHaveTwoActives()) {
      turn.effects().run(new Command.KeepAside(state.workload(), own, why));
      turn.effects().say(new Verdict.KeptAside(state.workload(), own, node));
    } else {
      turn.effects().run(new Command.Discard(state.workload(), why));
    }
  }

  /** Who has this node's vote gets the time to win and to be heard, as an active would. */
  private void granted(String to, Turn turn) {
    giveWay(to, turn);
    state.backoff.giveWay(turn.now(), state.timing.windowNanos());
  }

  /** Somebody else got this node's vote or reigns: an own question or request is void. */
  private void giveWay(String to, Turn turn) {
    switch (state.standing) {
      case Standing.Asking _ -> state.standing = new Standing.Passive();
      case Standing.Candidate(var epoch, _) ->
          candidature.withdraw(epoch, "gave way to " + to, turn);
      case Standing.Silent _, Standing.Passive _, Standing.Active _, Standing.Closing _ -> {}
    }
  }

  /** Whether this node is a candidate itself, and that one comes after it. */
  private boolean outbid(String other) {
    return state.standing instanceof Standing.Candidate && !state.succession.comesBefore(other);
  }

  /** A promise has lapsed or was released: the request that waited for it gets the vote. */
  void grantWaiting(Turn turn) {
    if (state.standing instanceof Standing.Active || state.standing instanceof Standing.Closing) {
      return;
    }
    Optional<String> candidate =
        state.voter.waitingCandidate(turn.now(), turn.ceiling(), state.succession::comesBefore);
    if (candidate.isEmpty()) {
      return;
    }
    String other = candidate.get();
    if (outbid(other) || state.assembly.outdates(other) || state.succession.forgets(other, turn)) {
      return;
    }
    state.voter.grantWaiting(other, turn.now());
    granted(other, turn);
    turn.effects().hurry(List.of(other));
  }
}
