// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Scheduling;
import dev.understudy.agent.linux.Signals;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The crash itself, in a thread that goes before all others: the dying agent has real-time threads,
 * which otherwise take the processor from whoever kills them, for tens of milliseconds.
 */
public final class PowerCut {
  private static final int PRIORITY = 90;

  private PowerCut() {}

  /**
   * Cuts the port, then kills PID 1; says when.
   *
   * @throws LabException also when the node is crashed already
   */
  public static Crash run(String node, Switch wiring, String port, ProcessMark init)
      throws LabException {
    try {
      Optional<PidFd> held = init.hold();
      if (held.isEmpty()) {
        throw LabException.input("Node " + node + " is crashed already.");
      }
      try (PidFd hold = held.get()) {
        return strike(node, wiring, port, hold);
      }
    } catch (LinuxException e) {
      throw LabException.failed("Cannot crash node " + node + ": " + e.getMessage() + ".", e);
    }
  }

  private static Crash strike(String node, Switch wiring, String port, PidFd init)
      throws LinuxException, LabException {
    FutureTask<Crash> strike =
        new FutureTask<>(() -> {
          // Where the host refuses this, the times are still true, only further apart.
          Scheduling.tryRealTime(PRIORITY);
          // The first call of a kind costs a millisecond; this asks only whether it is there.
          init.signal(0);
          long begin = Clock.bootNanos();
          wiring.cut(port);
          long cut = Clock.bootNanos();
          init.signal(Signals.SIGKILL);
          return new Crash(node, begin, cut, Clock.bootNanos());
        });
    Thread.ofPlatform().name("strike").start(strike);
    try {
      return strike.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LinuxException refused) {
        throw refused;
      }
      throw new IllegalStateException("crashing node " + node + " broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted while node " + node + " was being crashed.", e);
    }
  }
}
