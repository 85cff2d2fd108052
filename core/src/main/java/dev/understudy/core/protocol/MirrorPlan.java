// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Optional;

/**
 * When the active takes its next checkpoint, one at a time, and how long it waits after failures.
 */
final class MirrorPlan {
  private static final long SETTLE_NANOS = 100_000_000L;
  private static final long RETRY_MOST_NANOS = 30_000_000_000L;

  private final long wantedNanos;
  private long intervalNanos;
  private long nextAt = Long.MAX_VALUE;
  private long startedAt;
  private long sequence;
  private int failures;
  private boolean hurried;
  private Optional<GenerationId> inFlight = Optional.empty();

  MirrorPlan(long intervalNanos) {
    this.wantedNanos = intervalNanos;
    this.intervalNanos = intervalNanos;
  }

  /** A reign has begun and the program runs: the first checkpoint follows soon. */
  void begin(long now) {
    sequence = 0;
    failures = 0;
    hurried = false;
    inFlight = Optional.empty();
    nextAt = now + Math.min(SETTLE_NANOS, intervalNanos);
  }

  /** Later generations get higher numbers than that. */
  void continueAfter(long last) {
    sequence = last;
  }

  long lastSequence() {
    return sequence;
  }

  /** The reign is over. A checkpoint in flight may still report; it is ignored. */
  void end() {
    nextAt = Long.MAX_VALUE;
    inFlight = Optional.empty();
  }

  /** The next checkpoint's name if one is due now. */
  Optional<GenerationId> due(Epoch epoch, long now) {
    if (inFlight.isPresent() || now < nextAt) {
      return Optional.empty();
    }
    startedAt = now;
    hurried = false;
    inFlight = Optional.of(new GenerationId(epoch, ++sequence));
    return inFlight;
  }

  /**
   * Whom to ship to has changed: the new one needs a copy at once, or as soon as the checkpoint in
   * flight has ended, however it ends.
   */
  void hurry(long now) {
    if (nextAt != Long.MAX_VALUE) {
      nextAt = Math.min(nextAt, now);
      hurried = inFlight.isPresent();
    }
  }

  /** The checkpoint that was begun and has not ended. */
  Optional<GenerationId> inFlight() {
    return inFlight;
  }

  /** The new interval if this one turned out to be shorter than a generation takes. */
  Optional<Long> done(GenerationId generation, long tookNanos, long now) {
    if (!inFlight.equals(Optional.of(generation))) {
      return Optional.empty();
    }
    inFlight = Optional.empty();
    failures = 0;
    long before = intervalNanos;
    // Half of the time at least belongs to the program and to everything else on the node.
    intervalNanos =
        tookNanos > intervalNanos / 2 + intervalNanos / 4 ? tookNanos * 2 : settled(tookNanos);
    nextAt = hurried ? now : Math.max(now, startedAt + intervalNanos);
    return before == intervalNanos ? Optional.empty() : Optional.of(intervalNanos);
  }

  private long settled(long tookNanos) {
    return tookNanos * 2 <= wantedNanos ? wantedNanos : intervalNanos;
  }

  /** It came to nothing: again after the interval, doubled for each failure in a row. */
  boolean failed(GenerationId generation, long now) {
    if (!inFlight.equals(Optional.of(generation))) {
      return false;
    }
    inFlight = Optional.empty();
    long wait = intervalNanos << Math.min(failures, 10);
    failures++;
    nextAt = hurried ? now : now + Math.min(wait, Math.max(RETRY_MOST_NANOS, intervalNanos));
    return true;
  }

  long intervalNanos() {
    return intervalNanos;
  }

  /** When the plan wants to be looked at again. */
  long nextAt() {
    return inFlight.isPresent() ? Long.MAX_VALUE : nextAt;
  }
}
