// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** The way from a silent active to a majority of votes: question, request, victory or retreat. */
final class Candidature {
  private final GroupState state;
  private final Tenure tenure;
  private final RandomGenerator random;

  Candidature(GroupState state, Tenure tenure, RandomGenerator random) {
    this.state = state;
    this.tenure = tenure;
    this.random = random;
  }

  void advance(Turn turn) {
    if (state.standing instanceof Standing.Passive
        && turn.now() >= state.succession.mayAskAtLeast()
        && turn.now() >= mayAskAt(turn)) {
      ask(turn);
    }
    if (state.standing instanceof Standing.Asking asking) {
      advanceQuestion(asking, turn);
    }
    if (state.standing instanceof Standing.Candidate candidate) {
      advanceRequest(candidate, turn);
    }
  }

  /** The same, or that time if it is certain to come before. */
  long mayAskAtOrAfter(long soonest, Turn turn) {
    return state.succession.mayAskAtLeast() >= soonest ? soonest : mayAskAt(turn);
  }

  long mayAskAt(Turn turn) {
    if (state.leaving || !state.assembly.mayStand()) {
      return Long.MAX_VALUE;
    }
    long turnOfThisNode = state.succession.mayAskAt(state.backoff.until(), turn);
    // During a maintenance lease nobody can be elected: silence is no news then.
    return Math.max(turnOfThisNode, state.voter.ordinaryFrom());
  }

  /** When time alone ends the request, or frees this node's own vote for it. */
  long wakeAt(Standing.Candidate candidate, Turn turn) {
    boolean bound = state.voter.boundElsewhere(state.self, state.holder(turn), turn.now());
    long lapse = bound ? state.voter.boundUntil() : Long.MAX_VALUE;
    return Math.min(candidate.since() + patienceNanos(), lapse);
  }

  private long patienceNanos() {
    return state.timing.leaseNanos() * 3 / 2;
  }

  private void ask(Turn turn) {
    state.standing = new Standing.Asking(turn.now(), new TreeSet<>(List.of(state.self)));
    state.waitSaid = false;
    turn.effects().hurry(state.others());
    ActiveView active = state.active;
    if (!active.node().isEmpty() && !active.isEnding() && !state.suspicionSaid) {
      state.suspicionSaid = true;
      long silent = turn.now() - active.silentSince();
      turn.effects().say(new Verdict.Suspected(state.workload(), active.node(), silent));
    }
  }

  private void advanceQuestion(Standing.Asking asking, Turn turn) {
    if (turn.now() < mayAskAt(turn)) {
      state.standing = new Standing.Passive();
      return;
    }
    if (!wouldStand(asking, turn) || waits(asking.since(), turn)) {
      return;
    }
    long counter = state.highestSeen() + 1;
    // Used once and for all: a late vote of a candidature that was given up elects nobody later.
    state.seen(counter);
    Epoch epoch = new Epoch(counter, state.self);
    state.standing = new Standing.Candidate(epoch, turn.now());
    state.reign.begin(epoch);
    turn.effects().hurry(state.others());
  }

  /** Whether nothing but its turn among this node's workloads keeps it from asking for votes. */
  boolean wouldStand(Standing.Asking asking, Turn turn) {
    return state.electorate.wouldElect(asking.yes(), turn)
        && state.highestSeen() + 1 <= turn.ceiling();
  }

  private boolean waits(long since, Turn turn) {
    if (!state.guard.holdsBack(state.workload(), since, turn)) {
      return false;
    }
    if (!state.waitSaid) {
      state.waitSaid = true;
      int underWay = state.guard.underWay(turn.now());
      turn.effects().say(new Verdict.HeldBack(state.workload(), underWay, state.guard.most()));
    }
    return true;
  }

  private void advanceRequest(Standing.Candidate candidate, Turn turn) {
    Epoch epoch = candidate.epoch();
    Voter voter = state.voter;
    boolean free = !voter.boundElsewhere(state.self, state.holder(turn), turn.now());
    if (free && !voter.boundTo(state.self, epoch, turn.now())) {
      state.voteForSelf(epoch, turn);
      if (!voter.boundTo(state.self, epoch, turn.now())) {
        withdraw(epoch, "a higher epoch than it was granted here", turn);
        return;
      }
    }
    NavigableSet<String> votes = state.reign.voters();
    if (state.electorate.elects(votes, turn) && tenure.couldOpen(turn)) {
      tenure.begin(epoch, turn);
    } else if (turn.now() - candidate.since() >= patienceNanos()) {
      withdraw(epoch, "not enough votes in time: " + votes, turn);
    }
  }

  /** The beat period is over: a request that this node could vote for counts from now. */
  void beat(Epoch epoch, Turn turn) {
    if (state.voter.boundTo(state.self, epoch, turn.now())) {
      state.voteForSelf(epoch, turn);
    }
  }

  /** Gives the request up, says so, and lets others have their turn. */
  void withdraw(Epoch epoch, String why, Turn turn) {
    long stagger = state.timing.staggerNanos();
    long wait = state.succession.rank(turn) * stagger + random.nextLong(2 * stagger);
    state.backoff.giveWay(turn.now(), wait);
    turn.effects().say(new Verdict.Withdrew(state.workload(), epoch, why));
    state.released = epoch;
    state.voter.release(state.self, state.holder(turn), epoch, turn.now());
    state.standing = new Standing.Passive();
    turn.effects().hurry(state.others());
  }
}
