// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

/**
 * The time between two good answers with none between them.
 *
 * @param fromNanos when the earlier answer came
 * @param toNanos when the later one came
 */
public record Gap(long fromNanos, long toNanos) {
  public long nanos() {
    return toNanos - fromNanos;
  }

  /** Whether the two stretches of time share an instant. */
  boolean overlaps(long startNanos, long endNanos) {
    return fromNanos <= endNanos && startNanos <= toNanos;
  }
}
