// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

/** Signals to single processes (kill(2)). */
public final class Signals {
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGKILL = 9;
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
}
