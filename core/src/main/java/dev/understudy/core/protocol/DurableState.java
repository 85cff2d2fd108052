// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * What a node keeps on disk. Everything else may be forgotten, because a restarted node stays
 * silent until no promise of its former life can bind it.
 *
 * @param incarnation counts the agent's starts; datagrams of older ones are refused
 * @param ceiling no epoch counter above it was ever granted or echoed here; reserved in blocks
 *     ahead of use, so that no disk stands on the failover path
 * @param longestPromiseNanos the longest promise that the running agent or, while that is not
 *     certain to be over, a former one may have made
 */
public record DurableState(long incarnation, long ceiling, long longestPromiseNanos) {
  /** How many counters are reserved at once. */
  static final long BLOCK = 1_000;

  /** A node that never ran. */
  public static final DurableState NEW = new DurableState(0, 0, 0);

  public DurableState {
    if (incarnation < 0 || ceiling < 0 || longestPromiseNanos < 0) {
      throw new IllegalArgumentException(
          "negative: " + incarnation + ", " + ceiling + ", " + longestPromiseNanos);
    }
  }

  /**
   * What has to be on disk before the next start of the agent sends or answers anything. The
   * silence of that start is the longer one of both promises.
   */
  public DurableState nextStart(long promiseNanos) {
    return new DurableState(
        incarnation + 1, ceiling + BLOCK, Math.max(promiseNanos, longestPromiseNanos));
  }

  DurableState with(long higherCeiling, long promiseNanos) {
    return new DurableState(incarnation, higherCeiling, promiseNanos);
  }
}
