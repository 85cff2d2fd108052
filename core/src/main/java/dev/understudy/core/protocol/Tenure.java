// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/** A reign of this node, from its election to the release: lease, gate, program, epoch. */
final class Tenure {
  private static final long NEVER = Long.MAX_VALUE;

  /** What has not started by then takes its time alone: it keeps no other one waiting. */
  private static final long TAKEOVER_MOST_NANOS = 1_000_000_000L;

  private final GroupState state;
  private long gateUntil = Long.MIN_VALUE;
  private boolean hasState;
  private boolean runs;
  private long outrankedSince = NEVER;

  Tenure(GroupState state) {
    this.state = state;
  }

  void begin(Epoch epoch, Turn turn) {
    GenerationId offer = state.copies.own();
    state.standing = new Standing.Active(epoch, epoch, turn.now());
    state.reign.elected();
    state.maintenance.reset();
    state.electorate.setAlone(false);
    state.active.own(state.self, epoch);
    state.suspicionSaid = false;
    state.yielded = false;
    state.reigned = true;
    // What is woken has it before it says so; what starts has none to lose until it runs.
    hasState = !offer.equals(GenerationId.NONE);
    runs = false;
    gateUntil = Long.MIN_VALUE;
    int votes = state.reign.voters().size();
    turn.effects().say(new Verdict.Elected(state.workload(), epoch, offer, votes));
    renew(epoch, turn);
    state.copies.consume(offer);
    turn.effects()
        .run(
            offer.equals(GenerationId.NONE)
                ? new Command.Start(state.workload(), epoch)
                : new Command.Wake(state.workload(), epoch, offer));
    turn.effects().run(new Command.Announce(state.workload(), epoch));
    turn.effects().hurry(state.others());
  }

  /** Closes a reign whose lease is over, before anything that arrived later can be counted. */
  void checkLease(Turn turn) {
    if (!(state.standing instanceof Standing.Active(var epoch, _, _))
        || turn.now() < gateUntil
        || state.electorate.leaseless()) {
      return;
    }
    if (mayGoOnAlone(turn)) {
      state.electorate.setAlone(true);
      outrankedSince = NEVER;
      turn.effects().say(new Verdict.Alone(state.workload(), epoch));
      return;
    }
    turn.effects().say(new Verdict.Lapsed(state.workload(), epoch, turn.now() - gateUntil));
    close("lost the lease", turn);
  }

  /** The user wants it so, all others are silent, and it is not this node that stood still. */
  private boolean mayGoOnAlone(Turn turn) {
    return state.config.withoutQuorum() == GroupConfig.WithoutQuorum.CONTINUE
        && state.electorate.hearsNobody(turn)
        && turn.now() - gateUntil <= state.timing.lateThresholdNanos()
        && onTime(turn);
  }

  private boolean onTime(Turn turn) {
    return turn.lateAt() == Long.MIN_VALUE
        || turn.now() - turn.lateAt() >= state.timing.windowNanos();
  }

  /** Whether a reign since that time waits for its program, which is woken or started. */
  boolean takesOver(long since, long now) {
    return !runs && now - since < TAKEOVER_MOST_NANOS;
  }

  void advance(long since, Turn turn) {
    if (state.electorate.isAlone()) {
      advanceAlone(turn);
    }
    if (!(state.standing instanceof Standing.Active)) {
      return;
    }
    Epoch epoch = token(turn);
    advanceMaintenance(epoch, turn);
    boolean ordinary = state.maintenance.ordinary();
    if (ordinary && state.standing instanceof Standing.Active(_, var first, _)) {
      state.assembly.advance(first, turn);
    }
    state.backoff.reigning(turn.now(), since);
    if (!state.maintenance.parked()) {
      renew(epoch, turn);
      state.mirror.advance(epoch, state.reign.ends(), turn);
    }
  }

  private void advanceMaintenance(Epoch epoch, Turn turn) {
    if (!(state.standing instanceof Standing.Active reigning)) {
      return;
    }
    Maintenance maintenance = state.maintenance;
    long granted = maintenance.granted(reigning, turn);
    if (granted != Long.MIN_VALUE) {
      gateUntil = granted;
      turn.effects().run(new Command.OpenGate(state.workload(), epoch, granted));
      ParkedReign parked =
          new ParkedReign(
              state.workload(),
              epoch,
              reigning.first(),
              state.holder(turn),
              granted,
              state.mirror.lastSequence());
      turn.effects().say(new Verdict.MaintenanceGranted(state.workload(), parked));
    } else if (!maintenance.ordinary() && maintenance.ends(gateEnd(), turn.now())) {
      narrow(turn);
    }
  }

  void askMaintenance(long nanos, Turn turn) {
    state.reign.askLong();
    state.maintenance.ask(nanos, hasState, turn);
  }

  void cancelMaintenance(Turn turn) {
    if (state.maintenance.cancel()) {
      narrow(turn);
    }
  }

  private void narrow(Turn turn) {
    gateUntil = gateEnd();
    state.maintenance.narrow(state.active.epoch(), gateUntil, turn);
  }

  /**
   * A restarted agent has read a reign back. It goes on when the gate's deadline is the one that
   * was agreed: then nothing has happened since, this node has promised to itself alone, and the
   * others still keep their promises. When the deadline has passed or the program is gone, the
   * reign ends like any that lapses. Another deadline proves nothing.
   */
  void resumed(ParkedReign parked, long gateDeadline, boolean running, Turn turn) {
    Invariant.holds(
        state.standing instanceof Standing.Silent,
        "a reign is resumed before anything else",
        parked,
        state.standing);
    Epoch epoch = parked.epoch();
    boolean exact =
        gateDeadline == parked.gateUntilNanos()
            && parked.incarnation() < turn.incarnation()
            && epoch.node().equals(state.self);
    if (!exact) {
      String why = "the gate is open until " + gateDeadline + ", agreed was another time";
      turn.effects().say(new Verdict.Resumed(state.workload(), epoch, false, why));
      turn.effects().run(new Command.ShutGate(state.workload(), epoch));
      turn.effects().run(new Command.Discard(state.workload(), why));
      return;
    }
    // The agents' silence is for promises that are forgotten: here the only one is known.
    long until = state.standing instanceof Standing.Silent(var end) ? end : turn.now();
    state.restore(epoch);
    state.voter.restore(state.self, parked.incarnation(), epoch, until);
    state.reignFrom = parked.incarnation();
    state.standing = new Standing.Active(epoch, parked.first(), turn.now());
    state.reign.begin(epoch);
    state.reign.elected();
    state.active.own(state.self, epoch);
    state.reigned = true;
    state.maintenance.resumed();
    state.mirror.resume(parked.first(), parked.sequence(), turn.now());
    gateUntil = gateDeadline;
    hasState = running;
    runs = true;
    boolean goesOn = running && turn.now() < gateDeadline;
    String why = !running ? "the program has ended" : goesOn ? "back in time" : "back too late";
    turn.effects().say(new Verdict.Resumed(state.workload(), epoch, goesOn, why));
    if (!goesOn) {
      close(why, turn);
    }
    turn.effects().hurry(state.others());
  }

  /**
   * Others are heard again: those who follow give the lease back; those who know a higher epoch may
   * have elected somebody, and refuse this one, so the reign ends after they had time to follow.
   */
  private void advanceAlone(Turn turn) {
    Electorate electorate = state.electorate;
    Epoch epoch = state.reignEpoch();
    long own = electorate.leaseEnd(state.reign.ends());
    if (electorate.majorityEnd(state.reign.ends()) >= own) {
      electorate.setAlone(false);
      turn.effects().say(new Verdict.Accompanied(state.workload(), epoch));
      return;
    }
    boolean outranked = state.outranks(epoch);
    outrankedSince = outranked ? Math.min(outrankedSince, turn.now()) : NEVER;
    if (outranked && turn.now() - outrankedSince >= state.timing.promiseNanos()) {
      state.yielded = true;
      close("alone, and others know of epochs above " + epoch, turn);
    }
  }

  /** The beat period is over: what leaves now counts from now. */
  void beat(Standing.Active reigning, Turn turn) {
    raiseIfRefused(reigning, turn);
    state.voteForSelf(state.reignEpoch(), turn);
  }

  /**
   * A restarted voter refuses counters that it may have forgotten: the same reign goes above, but
   * not above what those who follow it now have persisted, for they could not go along.
   */
  private void raiseIfRefused(Standing.Active reigning, Turn turn) {
    Epoch epoch = reigning.epoch();
    if (!state.outranks(epoch) || !state.maintenance.ordinary() || !mayRaise(turn)) {
      return;
    }
    long counter = state.highestSeen() + 1;
    if (counter > turn.ceiling()) {
      return;
    }
    List<String> allowing =
        turn.peers().allowing(state.config.members(), state.self, turn.ceiling(), counter);
    if (!state.electorate.majority(allowing)
        || !allowing.containsAll(state.reign.followers(turn.now()))) {
      return;
    }
    Epoch higher = new Epoch(counter, state.self);
    state.reign.raise(higher);
    state.standing = new Standing.Active(higher, reigning.first(), reigning.since());
  }

  /**
   * Without a majority's lease there may be a reign of others, which a raise would outdo: then only
   * a pair's other node, and only while it does not stand itself, is worth a raise.
   */
  private boolean mayRaise(Turn turn) {
    return state.electorate.majorityEnd(state.reign.ends()) > turn.now()
        || (state.config.quorum() != GroupConfig.Quorum.MAJORITY
            && state.others().stream().allMatch(this::passive));
  }

  private boolean passive(String node) {
    return state.stands.getOrDefault(node, Row.Stand.ACTIVE) == Row.Stand.PASSIVE;
  }

  /** The epoch under which this node acts: a raised one only when a successor must go above it. */
  private Epoch token(Turn turn) {
    Epoch confirmed = state.reign.confirmed(state.electorate);
    Epoch before = state.active.epoch();
    if (confirmed.above(before)) {
      state.active.own(state.self, confirmed);
      state.mirror.raise(turn.now());
      turn.effects().say(new Verdict.Raised(state.workload(), before, confirmed));
    }
    return confirmed;
  }

  private void renew(Epoch epoch, Turn turn) {
    long end = gateEnd();
    boolean trusted = trusted(turn);
    if (end > gateUntil && trusted) {
      gateUntil = end;
      turn.effects().run(new Command.OpenGate(state.workload(), epoch, end));
    }
  }

  /** Whether a reign that began now could open its gate. */
  boolean couldOpen(Turn turn) {
    return turn.now() < gateEnd() && trusted(turn);
  }

  /** Who acts without a lease was perhaps replaced while it stood still: it listens first. */
  private boolean trusted(Turn turn) {
    return !state.electorate.leaseless() || onTime(turn);
  }

  /** Until when the gate may stand open with the echoes that have come so far. */
  long gateEnd() {
    long leaseEnd = state.electorate.leaseEnd(state.reign.ends());
    return leaseEnd == Long.MIN_VALUE ? leaseEnd : leaseEnd - state.timing.gateMarginNanos();
  }

  long gateUntil() {
    return gateUntil;
  }

  /** When time alone ends the lease; without one, the beats look after the gate. */
  long wakeAt() {
    return state.electorate.leaseless() ? NEVER : gateUntil;
  }

  void running(Epoch epoch, Turn turn) {
    if (state.standing instanceof Standing.Active reigning && reigning.covers(epoch)) {
      hasState = true;
      runs = true;
      state.mirror.begin(turn.now());
    }
  }

  void failed(Epoch epoch, String reason, Turn turn) {
    state.copies.ended(epoch);
    if (state.standing instanceof Standing.Active reigning && reigning.covers(epoch)) {
      hasState = false;
      state.backoff.programFailed(turn.now());
      close(reason, turn);
    }
  }

  /** Ends the reign: nothing may leave any more, and the program stands still. */
  void close(String why, Turn turn) {
    Epoch epoch = state.reignEpoch();
    Epoch first = state.standing instanceof Standing.Active reigning ? reigning.first() : epoch;
    state.standing = new Standing.Closing(epoch, why);
    state.maintenance.reset();
    state.assembly.end();
    state.mirror.end();
    turn.effects().run(new Command.ShutGate(state.workload(), epoch));
    // Who leaves can bring nothing back to life, so nobody has to wait for it.
    if (hasState && !state.leaving) {
      turn.effects().run(new Command.Freeze(state.workload()));
      state.copies.freeze(first, state.active.epoch());
    } else {
      turn.effects().run(new Command.Discard(state.workload(), why));
    }
    hasState = false;
    state.active.vacate(turn.now());
    // They may ask while the kernel shuts the gate; the vote can then be part of the release.
    turn.effects().hurry(state.others());
  }

  /** The kernel has confirmed that nothing leaves any more: the epoch is released. */
  void gateShut(Turn turn) {
    if (state.standing instanceof Standing.Silent && state.reignFrom != turn.incarnation()) {
      // Whatever a former life had, nothing of it leaves any more.
      state.reignFrom = turn.incarnation();
      turn.effects().hurry(state.others());
    }
    if (!(state.standing instanceof Standing.Closing(var epoch, var why))) {
      return;
    }
    state.released = epoch;
    state.voter.release(state.self, state.holder(turn), epoch, turn.now());
    state.reignFrom = turn.incarnation();
    state.active.vacate(turn.now());
    state.standing = new Standing.Passive();
    turn.effects().hurry(state.others());
    turn.effects().say(new Verdict.Released(state.workload(), epoch, why));
  }
}
