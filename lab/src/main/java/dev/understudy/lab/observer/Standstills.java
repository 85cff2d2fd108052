// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import java.util.ArrayList;
import java.util.List;

/**
 * When the machine stood still, as a thread of high priority notices it that asks to be woken every
 * millisecond. A frame that has passed its gate waits as long before the switch sees it.
 */
final class Standstills {
  /** What an idle machine with other work to do may be late by. */
  private static final long USUAL_NANOS = 300_000L;

  private record Standstill(long from, long to) {}

  private final List<Standstill> all = new ArrayList<>();

  /** A thread that was to run at one time, or before, ran at another. */
  synchronized void woken(long expectedNanos, long nanos) {
    if (nanos - expectedNanos > USUAL_NANOS) {
      all.add(new Standstill(expectedNanos, nanos));
    }
  }

  /** How long it stood still between two instants. */
  synchronized long within(long fromNanos, long toNanos) {
    long sum = 0;
    for (Standstill one : all) {
      sum += Math.max(0, Math.min(one.to(), toNanos) - Math.max(one.from(), fromNanos));
    }
    return sum;
  }
}
