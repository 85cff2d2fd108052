// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** A reign of this node, from its election to the release: lease, gate, program, epoch. */
final class Tenure {
  private final GroupState state;
  private long gateUntil = Long.MIN_VALUE;
  private boolean hasState;

  Tenure(GroupState state) {
    this.state = state;
  }

  void begin(Epoch epoch, Turn turn) {
    GenerationId offer = state.copies.own();
    state.standing = new Standing.Active(epoch, epoch, turn.now());
    state.active.own(state.self, epoch);
    state.suspicionSaid = false;
    // What is woken has it before it says so; what starts has none to lose until it runs.
    hasState = !offer.equals(GenerationId.NONE);
    gateUntil = Long.MIN_VALUE;
    int votes = state.reign.voters();
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
    if (!(state.standing instanceof Standing.Active(var epoch, _, _)) || turn.now() < gateUntil) {
      return;
    }
    turn.effects().say(new Verdict.Lapsed(state.workload(), epoch, turn.now() - gateUntil));
    close("lost the lease", turn);
  }

  void advance(long since, Turn turn) {
    Epoch epoch = token(turn);
    renew(epoch, turn);
    state.backoff.reigning(turn.now(), since);
    state.mirror.advance(epoch, turn);
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
    if (state.highestSeen() <= epoch.counter()) {
      return;
    }
    long counter = state.highestSeen() + 1;
    String self = state.self;
    if (!turn.peers().majorityAllows(state.config.members(), self, turn.ceiling(), counter)
        || !turn.peers()
            .allAllow(state.reign.followers(turn.now()), self, turn.ceiling(), counter)) {
      return;
    }
    Epoch higher = new Epoch(counter, self);
    state.reign.raise(higher);
    state.standing = new Standing.Active(higher, reigning.first(), reigning.since());
  }

  /** The epoch under which this node acts: a raised one only when a successor must go above it. */
  private Epoch token(Turn turn) {
    Epoch confirmed = state.reign.confirmed(state.config.leaseVotes());
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
    if (end > gateUntil) {
      gateUntil = end;
      turn.effects().run(new Command.OpenGate(state.workload(), epoch, end));
    }
  }

  /** Until when the gate may stand open with the echoes that have come so far. */
  long gateEnd() {
    long leaseEnd = state.reign.leaseEnd(state.config.leaseVotes());
    return leaseEnd == Long.MIN_VALUE ? leaseEnd : leaseEnd - state.timing.gateMarginNanos();
  }

  /** Until when the gate stands open. */
  long gateUntil() {
    return gateUntil;
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
