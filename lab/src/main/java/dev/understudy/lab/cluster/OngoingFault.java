// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A fault that is in force until it is closed; closing repairs what it broke. */
public final class OngoingFault implements AutoCloseable {
  private final Deque<Repair> repairs = new ArrayDeque<>();
  private final long beginNanos;
  private volatile long inForceNanos;
  private boolean repaired;
  private final Thread hook = new Thread(this::interrupted, "repair");

  /** Takes one part of a fault back. */
  interface Repair {
    void run() throws LabException;
  }

  /** Breaks one part. */
  interface Deed {
    /** Does so, and returns how to take it back. */
    Repair run() throws LabException, IOException;
  }

  OngoingFault(long beginNanos) {
    this.beginNanos = beginNanos;
    this.inForceNanos = beginNanos;
  }

  /**
   * Breaks one part of it. Whoever repairs it meanwhile waits, so that nothing is broken without
   * its repair being known, nor after it was repaired.
   *
   * @throws LabException also when it is repaired already
   */
  synchronized void strike(Deed deed) throws LabException, IOException {
    if (repaired) {
      throw LabException.failed("Interrupted while a fault began.");
    }
    repairs.push(deed.run());
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
  void guard() throws LabException {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException ending) {
      throw LabException.failed("Interrupted before a fault began.", ending);
    }
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
    repaired = true;
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
