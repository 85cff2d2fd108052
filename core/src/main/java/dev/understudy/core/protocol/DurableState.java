// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node keeps on disk. Everything else may be forgotten, because a restarted node stays
 * silent until no promise of its former life can bind it.
 *
 * @param incarnation counts the agent's starts; datagrams of older ones are refused
 * @param ceiling no epoch counter above it was ever granted or echoed here; reserved in blocks
 *     ahead of use, so that no disk stands on the failover path
 * @param longestPromiseNanos the longest promise that the running agent or, while that is not
 *     certain to be over, a former one may have made
 * @param lostAt which start of the agent found no disk of its former life; 0 for none, {@link
 *     Long#MAX_VALUE} when that is unknown
 * @param memberships who votes, by workload, where that was ever changed
 */
public record DurableState(
    long incarnation,
    long ceiling,
    long longestPromiseNanos,
    long lostAt,
    SortedMap<String, Membership> memberships) {
  /** How many counters are reserved at once. */
  static final long BLOCK = 1_000;

  /** A node that never ran. */
  public static final DurableState NEW = new DurableState(0, 0, 0);

  public DurableState {
    if (Math.min(Math.min(incarnation, ceiling), Math.min(longestPromiseNanos, lostAt)) < 0) {
      throw new IllegalArgumentException(
          "negative: " + incarnation + ", " + ceiling + ", " + longestPromiseNanos + ", " + lostAt);
    }
    memberships = Collections.unmodifiableSortedMap(new TreeMap<>(memberships));
  }

  /** A disk that was never lost, in groups that were never changed. */
  public DurableState(long incarnation, long ceiling, long longestPromiseNanos) {
    this(incarnation, ceiling, longestPromiseNanos, 0, new TreeMap<>());
  }

  /**
   * A node that ran before and has lost its disk. It does not vote until a holder names it anew.
   *
   * @param incarnation of its next start, above all that it may have had: as seconds since 1970
   */
  public static DurableState lost(long incarnation) {
    if (incarnation < 1) {
      throw new IllegalArgumentException("no incarnation above all former ones: " + incarnation);
    }
    // It may have promised for a maintenance lease, the longest that there is.
    long promise = 2 * Maintenance.MOST_NANOS;
    return new DurableState(incarnation - 1, 0, promise, incarnation, new TreeMap<>());
  }

  /**
   * What has to be on disk before the next start of the agent sends or answers anything. The
   * silence of that start is the longer one of both promises.
   */
  public DurableState nextStart(long promiseNanos) {
    return new DurableState(
        incarnation + 1,
        ceiling + BLOCK,
        Math.max(promiseNanos, longestPromiseNanos),
        lostAt,
        memberships);
  }

  /**
   * It was found out that a former life is forgotten, but not which start was the first without.
   */
  DurableState forgotten() {
    return new DurableState(incarnation, ceiling, longestPromiseNanos, Long.MAX_VALUE, memberships);
  }

  DurableState with(long higherCeiling, long promiseNanos, SortedMap<String, Membership> newer) {
    return new DurableState(incarnation, higherCeiling, promiseNanos, lostAt, newer);
  }

  Membership membership(String workload) {
    return memberships.getOrDefault(workload, Membership.NONE);
  }
}
