// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Signals to single processes (kill(2)). */
public final class Signals {
  /** Layout of siginfo_t (sigaction(2)). */
  private static final int INFO_BYTES = 128;

  private static final long CODE_AT = 8;
  private static final long VALUE_AT = 24;
  private static final int SI_QUEUE = -1;

  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGKILL = 9;
  public static final int SIGUSR1 = 10;
  public static final int SIGTERM = 15;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;
  public static final int SIGTTOU = 22;

  private Signals() {}

  /**
   * Sends a signal to one process; signal 0 only asks whether it is there.
   *
   * @return false when there is no such process
   * @throws LinuxException EPERM, or EINVAL for a signal that does not exist
   * @throws IllegalArgumentException for a number that would address a group or everybody
   */
  public static boolean kill(long pid, int signal) throws LinuxException {
    if (pid <= 0) {
      throw new IllegalArgumentException("process " + pid + " would mean a whole group");
    }
    long result = Kernel.call(Syscall.KILL, pid, signal);
    if (result == -Errno.ESRCH) {
      return false;
    }
    if (result < 0) {
      throw new LinuxException("kill", "process " + pid + " by signal " + signal, (int) -result);
    }
    return true;
  }

  /**
   * Sends a signal with a value to one process (rt_sigqueueinfo(2)).
   *
   * @return false when there is no such process
   */
  public static boolean queue(int pid, int signal, int value) throws LinuxException {
    if (pid <= 0) {
      throw new IllegalArgumentException("process " + pid + " would mean a whole group");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, 8);
      info.set(ValueLayout.JAVA_INT, 0, signal);
      info.set(ValueLayout.JAVA_INT, CODE_AT, SI_QUEUE);
      info.set(ValueLayout.JAVA_INT, VALUE_AT, value);
      long result = Kernel.call(Syscall.RT_SIGQUEUEINFO, pid, signal, info.address(), 0);
      if (result == -Errno.ESRCH) {
        return false;
      }
      if (result < 0) {
        throw new LinuxException(
            "rt_sigqueueinfo", "process " + pid + " by signal " + signal, (int) -result);
      }
      return true;
    }
  }
}
