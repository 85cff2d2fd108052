// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

/**
 * A hold on one process that cannot slip to another with the same number (pidfd_open(2)). Its
 * descriptor becomes readable when the process has exited, whoever its parent is.
 */
public final class PidFd implements AutoCloseable {
  private final long pid;
  private final int fd;
  private boolean open = true;

  private PidFd(long pid, int fd) {
    this.pid = pid;
    this.fd = fd;
  }

  /**
   * Takes hold of a process; its thread group's leader must be meant.
   *
   * @throws LinuxException with ESRCH when there is none
   */
  public static PidFd open(long pid) throws LinuxException {
    return new PidFd(
        pid, (int) Kernel.require(Syscall.PIDFD_OPEN, "of process " + pid, pid, 0, 0, 0));
  }

  /** The process's number as it was opened. */
  public long pid() {
    return pid;
  }

  /** The descriptor, for a {@link Poller}. */
  public int fd() {
    return fd;
  }

  /**
   * Sends a signal.
   *
   * @return false when the process has exited and was reaped
   */
  public boolean signal(int signal) throws LinuxException {
    long result = Kernel.call(Syscall.PIDFD_SEND_SIGNAL, fd, signal, 0, 0);
    if (result == -Errno.ESRCH) {
      return false;
    }
    Kernel.succeeded(result, Syscall.PIDFD_SEND_SIGNAL, signal + " to process " + pid);
    return true;
  }

  /**
   * A duplicate of one of its descriptors (pidfd_getfd(2)), to be closed by the caller.
   *
   * @throws LinuxException with EBADF when it has closed it, with ESRCH when it has exited
   */
  public int duplicate(int descriptor) throws LinuxException {
    String object = descriptor + " of process " + pid;
    return (int) Kernel.require(Syscall.PIDFD_GETFD, object, fd, descriptor, 0, 0);
  }

  /**
   * Waits for the exit.
   *
   * @param bootNanosDeadline on the scale of {@link Clock#bootNanos()}
   * @return false when the deadline came first
   */
  public boolean awaitExit(long bootNanosDeadline) {
    Poller exit = new Poller(1);
    exit.add(fd);
    return exit.waitUntil(bootNanosDeadline) > 0 && exit.ready(0);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
