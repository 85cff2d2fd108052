// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/** A reign of this node, from its election to the release: lease, gate, program, epoch. */
final class Tenure {
  private static final long NEVER = Long.MAX_VALUE;

  private final GroupState state;
  private long gateUntil = Long.MIN_VALUE;
  private boolean hasState;
  private long outrankedSince = NEVER;

  Tenure(GroupState state) {
    this.state = state;
  }

  void begin(Epoch epoch, Turn turn) {
    GenerationId offer = state.copies.own();
    state.standing = new Standing.Active(epoch, epoch, turn.now());
    state.reign.elected();
    state.electorate.setAlone(false);
    state.active.own(state.self, epoch);
    state.suspicionSaid = false;
    state.yielded = false;
    // What is woken has it before it says so; what starts has none to lose until it runs.
    hasState = !offer.equals(GenerationId.NONE);
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

  void advance(long since, Turn turn) {
    if (state.electorate.isAlone()) {
      advanceAlone(turn);
    }
    if (!(state.standing instanceof Standing.Active)) {
      return;
    }
    Epoch epoch = token(turn);
    renew(epoch, turn);
    state.backoff.reigning(turn.now(), since);
    state.mirror.advance(epoch, turn);
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
    if (!state.outranks(epoch) || !mayRaise(turn)) {
      return;
    }
    long counter = state.highestSeen() + 1;
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
            && state.others().stream().allMatch(n -> state.stands.get(n) == Row.Stand.PASSIVE));
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
    // Who goes on without a lease was perhaps replaced while it stood still: it listens first.
    boolean trusted = !state.electorate.leaseless() || onTime(turn);
    if (end > gateUntil && trusted) {
      gateUntil = end;
      turn.effects().run(new Command.OpenGate(state.workload(), epoch, end));
    }
  }

  /** Until when the gate may stand open with the echoes that have come so far. */
  long gateEnd() {
    long leaseEnd = state.electorate.leaseEnd(state.reign.ends());
    return leaseEnd == Long.MIN_VALUE ? leaseEnd : leaseEnd - state.timing.gateMarginNanos();
  }

  /** When time alone ends the lease; without one, the beats look after the gate. */
  long wakeAt() {
    return state.electorate.leaseless() ? NEVER : gateUntil;
  }

  void running(Epoch epoch, Turn turn) {
    if (state.standing instanceof Standing.Active reigning && reigning.covers(epoch)) {
      hasState = true;
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
    state.mirror.end();
    turn.effects().run(new Command.ShutGate(state.workload(), epoch));
    if (hasState) {
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
    if (!(state.standing instanceof Standing.Closing(var epoch, var why))) {
      return;
    }
    state.released = epoch;
    state.voter.release(state.self, turn.incarnation(), epoch, turn.now());
    state.active.vacate(turn.now());
    state.standing = new Standing.Passive();
    turn.effects().hurry(state.others());
    turn.effects().say(new Verdict.Released(state.workload(), epoch, why));
  }
}
