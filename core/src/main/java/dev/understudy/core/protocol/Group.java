// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One workload's protocol state on one node. What arrives is {@link Hearing}'s matter, the way to
 * an election {@link Candidature}'s, and a reign of this node {@link Tenure}'s.
 */
final class Group {
  private static final long NEVER = Long.MAX_VALUE;

  private final GroupState state;
  private final Tenure tenure;
  private final Candidature candidature;
  private final Hearing hearing;
  private Epoch announced = Epoch.NONE;
  private boolean moved;
  private Row told;

  Group(
      GroupConfig config,
      String self,
      Timing timing,
      DurableState durable,
      Epoch floor,
      long silentUntil,
      StormGuard guard,
      RandomGenerator random) {
    this.state = new GroupState(config, self, timing, durable, floor, silentUntil, guard);
    this.tenure = new Tenure(state);
    this.candidature = new Candidature(state, tenure, random);
    this.hearing = new Hearing(state, candidature, tenure);
    this.told = Row.silent(config.workload());
  }

  String workload() {
    return state.workload();
  }

  GroupConfig config() {
    return state.config;
  }

  long highestSeen() {
    return state.highestSeen();
  }

  /** The epoch under which this node acts; {@link Epoch#NONE} when it does not reign. */
  Epoch token() {
    return state.standing instanceof Standing.Active ? state.active.epoch() : Epoch.NONE;
  }

  /** Whether {@link #token} is another one than at the last time that this was asked. */
  boolean tokenChanged() {
    Epoch token = token();
    if (token.equals(announced)) {
      return false;
    }
    announced = token;
    return true;
  }

  /** Whether the others have to hear of this node in every beat: a lost question is repeated. */
  boolean speaks() {
    return state.leads() || state.standing instanceof Standing.Asking;
  }

  /** Whether this node is about to take the workload over, and has not done so yet. */
  boolean takesOver(long now) {
    return switch (state.standing) {
      case Standing.Candidate _ -> true;
      case Standing.Active(_, _, var since) -> tenure.takesOver(since, now);
      case Standing.Silent _, Standing.Passive _, Standing.Asking _, Standing.Closing _ -> false;
    };
  }

  /** Whether this one is next, if there is a place for it, before one that asks since then. */
  boolean goesBefore(String other, long otherSince, Turn turn) {
    return state.standing instanceof Standing.Asking asking
        && (asking.since() < otherSince
            || (asking.since() == otherSince && workload().compareTo(other) < 0))
        && candidature.wouldStand(asking, turn);
  }

  // ---- what arrives ----------------------------------------------------------------------------

  void hear(Datagram from, Row row, boolean newest, Turn turn) {
    hearing.hear(from, row, newest, turn);
  }

  void gateShut(Turn turn) {
    tenure.gateShut(turn);
  }

  void gateNarrowed(Turn turn) {
    state.maintenance.narrowed(turn);
  }

  void maintenanceAsked(long nanos, Turn turn) {
    tenure.askMaintenance(nanos, turn);
  }

  void maintenanceCancelled(Turn turn) {
    tenure.cancelMaintenance(turn);
  }

  void resumed(ParkedReign reign, long gateUntil, boolean running, Turn turn) {
    tenure.resumed(reign, gateUntil, running, turn);
  }

  void membershipAsked(String join, String leave, Turn turn) {
    state.assembly.ask(join, leave, turn);
  }

  /** Others have heard a later start of this agent than this one: what that promised is lost. */
  void historyLost(long heardOf, Turn turn) {
    if (state.lostAt < Long.MAX_VALUE) {
      state.lostAt = Long.MAX_VALUE;
      turn.effects().say(new Verdict.HistoryLost(state.workload(), turn.incarnation(), heardOf));
    }
  }

  /** Who votes, as the disk has to have it. */
  Membership membership() {
    return state.assembly.known();
  }

  void persisted(Membership version) {
    state.assembly.persisted(version);
  }

  /** The longest promise that the disk has to know of. */
  long promiseWanted(long now) {
    return state.promiseWanted(now);
  }

  void running(Epoch epoch, Turn turn) {
    tenure.running(epoch, turn);
  }

  void failed(Epoch epoch, String reason, Turn turn) {
    tenure.failed(epoch, reason, turn);
  }

  void copyHeld(GenerationId generation) {
    state.copies.hold(generation);
  }

  void copyLost(GenerationId generation) {
    state.copies.lose(generation);
  }

  /** Somebody vouches that this node can have no effect any more. */
  void fenced(String node, Turn turn) {
    if (!state.others().contains(node)) {
      throw new IllegalArgumentException(node + " is no other member of " + state.others());
    }
    state.electorate.fence(node);
    state.voter.fenced(node, turn.now());
    state.active.fenced(node, turn.now());
    turn.effects().say(new Verdict.Fenced(state.workload(), node));
  }

  /** The agent is about to end: whatever this node reigns over passes to others. */
  void leave(Turn turn) {
    if (state.leaving) {
      return;
    }
    state.leaving = true;
    state.copies.leave();
    switch (state.standing) {
      case Standing.Active _ -> tenure.close("the agent ends", turn);
      case Standing.Candidate(var epoch, _) -> candidature.withdraw(epoch, "the agent ends", turn);
      case Standing.Asking _ -> state.standing = new Standing.Passive();
      case Standing.Silent _, Standing.Passive _, Standing.Closing _ -> {}
    }
    turn.effects().hurry(state.others());
  }

  /**
   * Whether the agent may end: nothing of it is open, and what it released has another active, or
   * would have one if there were a node for it.
   */
  boolean left(long now) {
    boolean passed = !state.leads() && !(state.standing instanceof Standing.Closing);
    boolean succeeded = !state.reigned || !state.active.node().isEmpty() || now >= leaveUntil();
    return state.leaving && passed && succeeded;
  }

  private long leaveUntil() {
    return state.active.vacantSince() + 2 * state.timing.promiseNanos();
  }

  Mirror mirror() {
    return state.mirror;
  }

  // ---- what time brings ------------------------------------------------------------------------

  void checkLease(Turn turn) {
    tenure.checkLease(turn);
  }

  void advance(Turn turn) {
    Standing before = state.standing;
    look(turn);
    moved = !state.standing.equals(before);
  }

  private void look(Turn turn) {
    if (state.standing instanceof Standing.Silent(var until) && turn.now() >= until) {
      state.standing = new Standing.Passive();
    }
    if (state.mute()) {
      return;
    }
    hearing.grantWaiting(turn);
    candidature.advance(turn);
    if (state.standing instanceof Standing.Active(_, _, var since)) {
      tenure.advance(since, turn);
    }
  }

  /** The beat period is over; what only follows looks again only if it has just moved. */
  void beat(Turn turn) {
    boolean again = moved || state.leads();
    mark(turn);
    if (again) {
      advance(turn);
    }
  }

  private void mark(Turn turn) {
    switch (state.standing) {
      case Standing.Active reigning -> tenure.beat(reigning, turn);
      case Standing.Candidate(var epoch, _) -> candidature.beat(epoch, turn);
      case Standing.Silent _, Standing.Passive _, Standing.Asking _, Standing.Closing _ -> {}
    }
  }

  /** When time alone would change something, or that time if it comes before. */
  long wakeAt(long soonest, Turn turn) {
    long wake = Math.min(soonest, state.voter.nextLapse(turn.now()));
    return Math.min(
        wake,
        switch (state.standing) {
          case Standing.Silent(var until) -> until;
          case Standing.Passive _ -> candidature.mayAskAtOrAfter(wake, turn);
          case Standing.Asking _, Standing.Closing _ -> NEVER;
          case Standing.Candidate candidate -> candidature.wakeAt(candidate, turn);
          case Standing.Active _ -> Math.min(tenure.wakeAt(), state.mirror.nextAt());
        });
  }

  // ---- what leaves -----------------------------------------------------------------------------

  Row row(String receiver) {
    Voter.Echo echo = state.voter.echoTo(receiver);
    long yesTo = state.yesTo.getOrDefault(receiver, Row.NO_TIME);
    boolean toAll = echo.equals(Voter.Echo.NONE) && yesTo == Row.NO_TIME;
    if (toAll && stillTold()) {
      return told;
    }
    Row row =
        new Row(
            state.workload(),
            state.standing.told(),
            state.reignEpoch(),
            state.voter.highest(),
            state.released,
            state.copies.own(),
            state.mirror.standby(),
            echo.epoch(),
            echo.sentAt(),
            echo.leaseNanos(),
            yesTo,
            state.askNanos(),
            state.reignFrom,
            state.assembly.onDisk());
    if (toAll) {
      told = row;
    }
    return row;
  }

  /** An active says the same to all, beat after beat: it need not be written anew. */
  private boolean stillTold() {
    return told.stand() == state.standing.told()
        && told.epoch().equals(state.reignEpoch())
        && told.highest().equals(state.voter.highest())
        && told.released().equals(state.released)
        && told.held().equals(state.copies.own())
        && told.standby().equals(state.mirror.standby())
        && told.askNanos() == state.askNanos()
        && told.reignFrom() == state.reignFrom
        && told.membership().equals(state.assembly.onDisk());
  }

  List<Finding> explain(Turn turn) {
    return Explanation.of(state, tenure.gateUntil(), turn);
  }

  GroupView view() {
    boolean leading = state.standing instanceof Standing.Active;
    return new GroupView(
        state.workload(),
        state.standing.label(),
        leading,
        state.active.epoch(),
        state.active.node(),
        leading ? state.mirror.standby() : state.active.standby(),
        state.copies.own(),
        state.mirror.protectedBy(),
        state.mirror.intervalNanos());
  }
}
