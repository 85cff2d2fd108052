// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process, told apart from a later one with the same number by the time of its start.
 *
 * @param pid as the host numbers it
 * @param startTicks field 22 of /proc/PID/stat: when it started, in clock ticks since boot
 */
public record ProcessMark(long pid, long startTicks) {
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  /** The living process with that number; zombies do not count. */
  public static Optional<ProcessMark> of(long pid) {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    } catch (IOException gone) {
      // ENOENT before, ESRCH after the file was opened: either way there is no such process.
      return Optional.empty();
    }
    // The name in parentheses may itself hold spaces and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    if (fields[STATE].equals("Z") || fields[STATE].equals("X")) {
      return Optional.empty();
    }
    return Optional.of(new ProcessMark(pid, Long.parseLong(fields[START_TIME])));
  }

  /** Whether this very process still lives. */
  public boolean alive() {
    return of(pid).equals(Optional.of(this));
  }

  /**
   * Takes hold of this very process.
   *
   * @return empty when it is gone
   */
  public Optional<PidFd> hold() throws LinuxException {
    PidFd hold;
    try {
      hold = PidFd.open(pid);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
    if (alive()) {
      return Optional.of(hold);
    }
    hold.close();
    return Optional.empty();
  }

  /**
   * Ends it by SIGKILL and waits until it is gone. For PID 1 of a PID namespace, that means that
   * every process in it is gone too.
   *
   * @return false when it was still there after that time
   */
  public boolean kill(long waitNanos) throws LinuxException {
    Optional<PidFd> held = hold();
    if (held.isEmpty()) {
      return true;
    }
    try (PidFd hold = held.get()) {
      if (!hold.signal(Signals.SIGKILL)) {
        return true;
      }
      return hold.awaitExit(Clock.bootNanos() + waitNanos);
    }
  }
}
