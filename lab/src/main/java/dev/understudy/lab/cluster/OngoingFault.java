// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A fault that is in force until it is closed; closing repairs what it broke. */
public final class OngoingFault implements AutoCloseable {
  private final Deque<Repair> repairs = new ArrayDeque<>();
  private final long beginNanos;
  private volatile long inForceNanos;
  private final Thread hook = new Thread(this::interrupted, "repair");

  /** Takes one part of a fault back. */
  interface Repair {
    void run() throws LabException;
  }

  OngoingFault(long beginNanos) {
    this.beginNanos = beginNanos;
    this.inForceNanos = beginNanos;
  }

  /** One part of it is about to be done, or was: this takes it back. */
  synchronized void repairedBy(Repair repair) {
    repairs.push(repair);
  }

  /** All of it is done. */
  void inForce(long nanos) {
    inForceNanos = nanos;
  }

  /** Just before the first part of it was done, on this machine's CLOCK_BOOTTIME. */
  public long beginNanos() {
    return beginNanos;
  }

  /** When all of it was done. */
  public long inForceNanos() {
    return inForceNanos;
  }

  /** From here on an interrupt of this process repairs what was done, too. */
  void guard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    try {
      repair();
    } catch (LabException e) {
      System.err.println("understudy: " + e.getMessage());
    }
  }

  /**
   * Repairs everything, the newest part first; more calls do nothing.
   *
   * @throws LabException the first failure; the other parts are repaired nevertheless
   */
  @Override
  public void close() throws LabException {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs already: whoever comes second finds nothing left to repair.
    }
    repair();
  }

  private synchronized void repair() throws LabException {
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
