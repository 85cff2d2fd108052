// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A fault that is in force until it is closed; closing repairs what it broke. */
public final class OngoingFault implements AutoCloseable {
  private final long beginNanos;
  private final long inForceNanos;
  private final Deque<Repair> repairs;

  /** Takes one part of a fault back. */
  interface Repair {
    void run() throws LabException;
  }

  OngoingFault(long beginNanos, long inForceNanos, Deque<Repair> repairs) {
    this.beginNanos = beginNanos;
    this.inForceNanos = inForceNanos;
    this.repairs = new ArrayDeque<>(repairs);
  }

  /** Just before the first part of it was done, on this machine's CLOCK_BOOTTIME. */
  public long beginNanos() {
    return beginNanos;
  }

  /** When all of it was done. */
  public long inForceNanos() {
    return inForceNanos;
  }

  /**
   * Repairs everything, the newest part first; more calls do nothing.
   *
   * @throws LabException the first failure; the other parts are repaired nevertheless
   */
  @Override
  public synchronized void close() throws LabException {
    @Nullable LabException first = null;
    while (!repairs.isEmpty()) {
      try {
        repairs.pop().run();
      } catch (LabException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
