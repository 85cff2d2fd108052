// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** How long a node does not stand, after its program failed or a candidature came to nothing. */
final class Backoff {
  private static final long FIRST_NANOS = 1_000_000_000L;
  private static final int DOUBLINGS_MOST = 5;
  private static final long STEADY_NANOS = 30_000_000_000L;

  private long until = Long.MIN_VALUE;
  private int failures;

  /** The program failed here: doubled for each failure in a row. */
  void programFailed(long now) {
    until = now + (FIRST_NANOS << Math.min(failures++, DOUBLINGS_MOST));
  }

  /** Others get their turn for so long. */
  void giveWay(long now, long nanos) {
    until = Math.max(until, now + nanos);
  }

  /** A reign that has lasted makes earlier failures count no more. */
  void reigning(long now, long since) {
    if (now - since > STEADY_NANOS) {
      failures = 0;
    }
  }

  long until() {
    return until;
  }
}
