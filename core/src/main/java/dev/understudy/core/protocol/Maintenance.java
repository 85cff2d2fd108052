// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;

/**
 * A lease of seconds, agreed beforehand, under which the active's agent may be restarted: its gate
 * stays open, and its voters keep their promises, while nobody beats.
 *
 * <pre>
 * None     -> Asked      the agent is about to be restarted
 * Asked    -> Granted    enough voters have promised for so long | None: they have not, in time
 * Granted  -> Narrowing  the agent is not restarted after all
 * Resumed  -> Narrowing  the restarted agent holds an ordinary lease again
 * Narrowing -> None      the kernel confirmed the earlier deadline; long promises are void
 * </pre>
 */
final class Maintenance {
  /** Longer leases are refused by every voter. */
  static final long MOST_NANOS = 60_000_000_000L;

  private static final long WAIT_NANOS = 1_000_000_000L;

  /** How far the lease has come. */
  sealed interface Phase {
    /** Ordinary leases only. */
    record None() implements Phase {}

    /** Beats ask for promises of that length since that time of this node. */
    record Asked(long nanos, long since) implements Phase {}

    /** The gate is open until then, and not moved. */
    record Granted(long gateUntil) implements Phase {}

    /** The former agent's reign goes on; its lease is still the long one. */
    record Resumed() implements Phase {}

    /** The gate's deadline is being moved back. */
    record Narrowing() implements Phase {}
  }

  private static final Phase NONE = new Phase.None();

  private final GroupState state;
  private Phase phase = NONE;

  Maintenance(GroupState state) {
    this.state = state;
  }

  /** The reign is over, or another begins. */
  void reset() {
    phase = NONE;
  }

  void resumed() {
    phase = new Phase.Resumed();
  }

  /** Whether the reign must stay as it was written down: its gate, its epoch, its checkpoints. */
  boolean parked() {
    return phase instanceof Phase.Granted;
  }

  boolean ordinary() {
    return phase instanceof Phase.None;
  }

  /** What this node's beats ask of voters, as in {@link Row#askNanos}. */
  long askNanos() {
    return switch (phase) {
      case Phase.None _ -> Row.ORDINARY;
      case Phase.Asked(var nanos, _) -> nanos;
      case Phase.Granted _, Phase.Resumed _, Phase.Narrowing _ -> Row.KEEP;
    };
  }

  /** The lease that an echo of that beat supports beyond the ordinary one, or nothing. */
  long leaseNanos(long sentAt, long promisedNanos) {
    boolean counts =
        phase instanceof Phase.Asked(var nanos, var since)
            && sentAt >= since
            && promisedNanos >= nanos;
    return counts ? promisedNanos : Row.ORDINARY;
  }

  void ask(long nanos, boolean runs, Turn turn) {
    String refusal = refusal(nanos, runs);
    if (!refusal.isEmpty()) {
      turn.effects().say(new Verdict.MaintenanceRefused(state.workload(), refusal));
      return;
    }
    phase = new Phase.Asked(nanos, turn.now());
    state.wantPromise(state.timing.promiseNanos(nanos), turn.now());
    turn.effects().hurry(state.others());
  }

  private String refusal(long nanos, boolean runs) {
    if (!(state.standing instanceof Standing.Active)) {
      return "not active here";
    }
    if (nanos <= state.timing.leaseNanos() || nanos > MOST_NANOS) {
      return "asked for " + nanos + " ns, must be above the lease and at most " + MOST_NANOS;
    }
    if (!runs) {
      return "the program is still starting";
    }
    if (state.electorate.isAlone()) {
      return "no majority is there";
    }
    return ordinary() ? "" : "one is under way already";
  }

  /** Until when the gate may stand open, if that has just been agreed; otherwise never. */
  long granted(Standing.Active reigning, Turn turn) {
    if (!(phase instanceof Phase.Asked(var nanos, var since))) {
      return Long.MIN_VALUE;
    }
    long end = state.electorate.maintenanceEnd(state.reign.longEnds(), turn);
    boolean settled = reigning.epoch().equals(state.active.epoch());
    if (end >= since + nanos && settled) {
      long gateUntil = end - state.timing.gateMarginNanos();
      phase = new Phase.Granted(gateUntil);
      return gateUntil;
    }
    if (turn.now() - since >= Math.max(WAIT_NANOS, 4 * state.timing.leaseNanos())) {
      phase = NONE;
      String why = "promised only by " + state.reign.longEnds().names();
      turn.effects().say(new Verdict.MaintenanceRefused(state.workload(), why));
    }
    return Long.MIN_VALUE;
  }

  /** Whether the reign has to return to ordinary leases now. */
  boolean ends(long ordinaryGateEnd, long now) {
    return switch (phase) {
      case Phase.None _, Phase.Asked _, Phase.Narrowing _ -> false;
      case Phase.Granted(var until) -> until - now <= 2 * state.timing.leaseNanos();
      case Phase.Resumed _ -> ordinaryGateEnd > now;
    };
  }

  void narrow(Epoch epoch, long gateUntil, Turn turn) {
    phase = new Phase.Narrowing();
    turn.effects().run(new Command.NarrowGate(state.workload(), epoch, gateUntil));
  }

  void narrowed(Turn turn) {
    if (phase instanceof Phase.Narrowing) {
      phase = NONE;
      turn.effects().hurry(state.others());
      turn.effects().say(new Verdict.MaintenanceEnded(state.workload(), state.reignEpoch()));
    }
  }

  /** Nobody restarts the agent after all; true when that needs the gate to be moved back. */
  boolean cancel() {
    if (phase instanceof Phase.Asked) {
      phase = NONE;
    }
    return phase instanceof Phase.Granted;
  }

  /** The length of the promise that a voter has to be ready for. */
  static long promiseNanos(long askNanos, Timing timing) {
    boolean asked = askNanos > timing.leaseNanos() && askNanos <= MOST_NANOS;
    return asked ? timing.promiseNanos(askNanos) : timing.promiseNanos();
  }
}
