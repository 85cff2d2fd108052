// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import java.util.SortedMap;

/** What a client saw of one fault. */
public sealed interface Outage {

  /**
   * Good answers came again.
   *
   * @param gap from the last good answer of the one copy to the first of the other
   * @param counterBefore the highest number that the client had seen
   * @param counterAfter the number in the first good answer afterwards
   * @param slowestSendNanos longest time between two requests of the probe inside the gap: what the
   *     measurement itself may have added
   * @param failures how the requests that were sent inside the gap failed, counted by kind
   */
  record Ended(
      Gap gap,
      long counterBefore,
      long counterAfter,
      long slowestSendNanos,
      SortedMap<Verdict, Integer> failures)
      implements Outage {

    /**
     * Ticks that a client had seen and that are gone. The copy counts on as soon as it is awake, so
     * the first answer may hide one of them.
     */
    public long ticksLost() {
      return Math.max(0, counterBefore - counterAfter);
    }

    /**
     * Whether no more is gone than a copy of that age explains: what was counted since the copy was
     * taken, and one tick that was due.
     */
    public boolean withinAge(long ageNanos, long tickNanos) {
      return ticksLost() <= Math.ceilDiv(ageNanos, tickNanos) + 1;
    }
  }

  /**
   * No good answer came after the fault.
   *
   * @param lastGoodNanos when the last one came
   * @param counterBefore the highest number that the client had seen
   * @param failures how the requests since then failed, counted by kind
   */
  record Lasting(long lastGoodNanos, long counterBefore, SortedMap<Verdict, Integer> failures)
      implements Outage {}

  /**
   * There is nothing to measure from.
   *
   * @param why one sentence
   */
  record Unmeasured(String why) implements Outage {}
}
