// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Says of one group, rule by rule, what stands for or against this node's taking over now. */
final class Explanation {
  private final GroupState state;
  private final Turn turn;
  private final List<Finding> findings = new ArrayList<>();

  private Explanation(GroupState state, Turn turn) {
    this.state = state;
    this.turn = turn;
  }

  /** The rules in the order in which they apply. */
  static List<Finding> of(GroupState state, long gateUntil, Turn turn) {
    Explanation e = new Explanation(state, turn);
    switch (state.standing) {
      case Standing.Active(var epoch, _, _) -> e.reign(epoch, gateUntil);
      case Standing.Closing(var epoch, var why) ->
          e.add(Rule.RELEASE, true, "shuts its gate to release epoch " + epoch + ": " + why);
      default -> e.succession();
    }
    return List.copyOf(e.findings);
  }

  private void add(Rule rule, boolean against, String text) {
    findings.add(new Finding(rule, against, text));
  }

  private void reign(Epoch epoch, long gateUntil) {
    String kind = state.electorate.isAlone() ? "without a lease" : "with a lease";
    String open = gateUntil > turn.now() ? "for another " + until(gateUntil) : "no more";
    add(Rule.LEASE, false, "reigns in epoch " + epoch + " " + kind + ", gate open " + open);
    if (!state.maintenance.ordinary()) {
      add(Rule.MAINTENANCE, false, "has a maintenance lease, or asks for one");
    }
  }

  private void succession() {
    role();
    restartSilence();
    silenceWindow();
    lateness();
    maintenance();
    if (state.backoff.until() > turn.now()) {
      String wait = until(state.backoff.until());
      add(Rule.BACKOFF, true, "lets others go first for " + wait);
    }
    statePreference();
    rank();
    ceiling();
    promise();
    for (String node : state.electorate.fenced()) {
      add(Rule.FENCE, false, "counts " + node + " as fenced");
    }
    if (state.standing instanceof Standing.Asking(var since, var yes)) {
      add(Rule.PRE_VOTE, !state.electorate.wouldElect(yes, turn), "would be elected by " + of(yes));
      boolean waits = state.guard.holdsBack(state.workload(), since, turn);
      String most = " of at most " + state.guard.most() + " workloads over now";
      add(Rule.STORM_GUARD, waits, "takes " + state.guard.underWay(turn.now()) + most);
    }
    if (state.standing instanceof Standing.Candidate(var epoch, _)) {
      String votes = of(state.reign.voters());
      add(Rule.ELECTION, true, "asks for votes in epoch " + epoch + ", has those of " + votes);
    }
  }

  private void role() {
    boolean runs = state.config.runners().contains(state.self);
    add(Rule.ROLE, !runs, runs ? "may run " + state.workload() : "only votes, is not a runner");
    Assembly assembly = state.assembly;
    if (!assembly.votes()) {
      add(Rule.MEMBERSHIP, true, "has lost its disk, and votes when a holder has named it anew");
    } else if (!assembly.known().equals(Membership.NONE)) {
      boolean stands = assembly.mayStand();
      String text = (stands ? "votes" : "does not vote") + " by version " + assembly.known();
      add(Rule.MEMBERSHIP, !stands, text);
    }
    if (state.leaving) {
      add(Rule.LEAVING, true, "is about to end");
    }
  }

  private void restartSilence() {
    if (state.standing instanceof Standing.Silent(var end)) {
      add(Rule.RESTART_SILENCE, true, "is silent after its start for another " + until(end));
    } else {
      add(Rule.RESTART_SILENCE, false, "has been silent after its start for long enough");
    }
  }

  private void silenceWindow() {
    ActiveView active = state.active;
    String node = active.node();
    if (node.isEmpty()) {
      add(Rule.SILENCE_WINDOW, false, "knows of no active, since " + since(active.vacantSince()));
    } else if (active.isEnding()) {
      add(Rule.SILENCE_WINDOW, false, "has heard " + node + " release epoch " + active.epoch());
    } else {
      boolean vacant = active.vacant(turn.now(), state.timing.windowNanos());
      String heard = node + ", " + since(active.silentSince());
      String text = vacant ? "does not hear the active " : "hears the active ";
      add(Rule.SILENCE_WINDOW, !vacant, text + heard);
    }
  }

  private void lateness() {
    if (turn.lateAt() == Long.MIN_VALUE) {
      add(Rule.LATENESS, false, "was never late itself");
      return;
    }
    long trusted = state.succession.trustedFrom(turn);
    String late = "was late itself " + since(turn.lateAt());
    if (trusted == Long.MAX_VALUE) {
      add(Rule.LATENESS, true, late + " and has not heard enough others since");
    } else if (trusted > turn.now()) {
      add(Rule.LATENESS, true, late + ", trusts itself again in " + until(trusted));
    } else {
      add(Rule.LATENESS, false, late + ", and is on time since");
    }
  }

  private void maintenance() {
    long from = state.voter.ordinaryFrom();
    if (from > turn.now()) {
      String text = "keeps a maintenance promise, which is the usual one in " + until(from);
      add(Rule.MAINTENANCE, true, text);
    }
  }

  private void statePreference() {
    GenerationId own = state.copies.own();
    List<String> newer = new ArrayList<>();
    for (String node : state.others()) {
      if (state.copies.of(node).newerThan(own)) {
        newer.add(node + " holds " + state.copies.of(node));
      }
    }
    String rest = newer.isEmpty() ? "nobody holds newer" : String.join(", ", newer);
    long wait = state.succession.stateWait(turn);
    long mine = state.succession.turnOf(state.succession.rank(turn), turn) + wait;
    boolean waits = wait > 0 && mine > turn.now();
    add(Rule.STATE_PREFERENCE, waits, "holds generation " + own + ", " + rest);
  }

  private void rank() {
    long rank = state.succession.rank(turn);
    long mine = state.succession.turnOf(rank, turn);
    boolean waits = mine > turn.now();
    String text = waits ? "waits " + until(mine) + " more" : "its turn has come";
    add(Rule.RANK, waits, "rank " + rank + ": " + text);
  }

  private void ceiling() {
    long counter = state.highestSeen() + 1;
    boolean above = counter > turn.ceiling();
    String relation = above ? " is above the ceiling " : " is within the ceiling ";
    add(Rule.EPOCH_CEILING, above, "epoch counter " + counter + relation + turn.ceiling());
  }

  private void promise() {
    Voter voter = state.voter;
    if (voter.boundElsewhere(state.self, state.holder(turn), turn.now())) {
      String bound = "is bound to " + voter.holder() + " in epoch " + voter.highest();
      add(Rule.PROMISE, true, bound + " for another " + until(voter.boundUntil()));
    } else {
      add(Rule.PROMISE, false, "is bound to nobody else");
    }
  }

  private String of(Collection<String> nodes) {
    return nodes + " of " + state.config.members();
  }

  private String until(long then) {
    return Verdict.millis(then - turn.now()) + " ms";
  }

  private String since(long then) {
    return Verdict.millis(turn.now() - then) + " ms ago";
  }
}
