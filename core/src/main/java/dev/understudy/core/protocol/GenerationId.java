// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * Names one checkpoint of a workload, and orders checkpoints by how new their state is.
 *
 * @param epoch the reign in which it was taken
 * @param sequence counts within that reign, from 1
 */
public record GenerationId(Epoch epoch, long sequence) implements Comparable<GenerationId> {
  /** No state at all: only a cold start can be offered. */
  public static final GenerationId NONE = new GenerationId(Epoch.NONE, 0);

  /** The sequence of the living process itself, which is newer than each of its checkpoints. */
  public static final long LIVE = Long.MAX_VALUE;

  @Override
  public int compareTo(GenerationId other) {
    int byEpoch = epoch.compareTo(other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
  }

  /** Whether this one holds newer state than another. */
  public boolean newerThan(GenerationId other) {
    return compareTo(other) > 0;
  }

  @Override
  public String toString() {
    if (equals(NONE)) {
      return "none";
    }
    return epoch + "/" + (sequence == LIVE ? "live" : Long.toString(sequence));
  }
}
