// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.gate.OutputGate;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;

/**
 * The gate of one workload as the protocol moves it. While a program is started to which its state
 * is yet to be told, the gate stays shut although its time runs: nobody shall hear an answer from
 * nothing. On the duty cycle.
 */
final class WorkloadGate {
  private static final long NEVER = Long.MAX_VALUE;

  /** What the kernel does for it; see {@link OutputGate}. */
  interface Kernel {
    void openUntil(long bootNanos) throws LinuxException;

    void shut() throws LinuxException;
  }

  private final Kernel gate;
  private final long marginNanos;
  private long until = Long.MIN_VALUE;
  private boolean withheld;

  /** When what passed the gate before it was shut has left the queues below it as well. */
  private long emptyAt = NEVER;

  /**
   * A gate that is shut.
   *
   * @param marginNanos how long a frame that has passed it may stay in the queues below it
   */
  WorkloadGate(Kernel gate, long marginNanos) {
    this.gate = gate;
    this.marginNanos = marginNanos;
  }

  /** The same for the gate of a sandbox. */
  static WorkloadGate of(OutputGate gate, long marginNanos) {
    return new WorkloadGate(
        new Kernel() {
          @Override
          public void openUntil(long bootNanos) throws LinuxException {
            gate.openUntil(bootNanos);
          }

          @Override
          public void shut() throws LinuxException {
            gate.shut();
          }
        },
        marginNanos);
  }

  /** Lets output pass until then, or as soon as it is withheld no more. */
  void openUntil(long bootNanos) {
    until = bootNanos;
    if (withheld) {
      return;
    }
    try {
      gate.openUntil(bootNanos);
    } catch (LinuxException e) {
      throw new IllegalStateException("the gate's deadline does not move: " + e.getMessage(), e);
    }
  }

  /** Lets nothing pass; {@link #emptied} tells when nothing is under way any more either. */
  void shut() {
    withheld = false;
    close();
    emptyAt = Clock.bootNanos() + marginNanos;
  }

  /** Lets nothing pass whatever {@link #openUntil} says, until it is released. */
  void withhold() {
    withheld = true;
    close();
  }

  /** Whether it is. */
  boolean withheld() {
    return withheld;
  }

  /** The opposite of {@link #withhold}; does nothing if it was shut since. */
  void release() {
    if (withheld) {
      withheld = false;
      openUntil(until);
    }
  }

  private void close() {
    try {
      gate.shut();
    } catch (LinuxException e) {
      throw new IllegalStateException("the gate does not shut: " + e.getMessage(), e);
    }
  }

  /** Whether it has become empty after it was shut; true once. */
  boolean emptied(long now) {
    if (now < emptyAt) {
      return false;
    }
    emptyAt = NEVER;
    return true;
  }

  /** When to ask {@link #emptied} again. */
  long due() {
    return emptyAt;
  }
}
