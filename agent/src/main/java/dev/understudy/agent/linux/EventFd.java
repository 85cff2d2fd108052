// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

/** Wakes a thread that waits in a {@link Poller}: an eventfd(2) counter, non-blocking. */
public final class EventFd implements AutoCloseable {
  private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private final int fd;
  private final Memory one = Memory.ofSize(8);
  private final Memory count = Memory.ofSize(8);
  private boolean open = true;

  private EventFd(int fd) {
    this.fd = fd;
    one.bytes().putLong(0, 1);
  }

  /** A counter at zero. */
  public static EventFd open() throws LinuxException {
    long fd = Kernel.require(Syscall.EVENTFD2, "", 0, CLOEXEC_NONBLOCK, 0, 0);
    return new EventFd((int) fd);
  }

  /** The descriptor; readable while a signal was not drained. */
  public int fd() {
    return fd;
  }

  /**
   * Signals, from any thread. After {@link #close()} it does nothing: late messengers are normal at
   * shutdown, and the number may belong to another file by then.
   */
  public synchronized void signal() {
    if (!open) {
      return;
    }
    long result = Kernel.call(Syscall.WRITE, fd, one.address(), 8, 0);
    // EAGAIN: the counter is at its ceiling, so the reader will wake anyway.
    if (result != 8 && result != -Errno.EAGAIN && result != -Errno.EINTR) {
      throw new IllegalStateException(new LinuxException("write", "eventfd", (int) -result));
    }
  }

  /**
   * Takes all signals; by the waiting thread only.
   *
   * @return how many there were, 0 when none
   */
  public long drain() {
    long result = Kernel.call(Syscall.READ, fd, count.address(), 8, 0);
    if (result == 8) {
      return count.bytes().getLong(0);
    }
    if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
      throw new IllegalStateException(new LinuxException("read", "eventfd", (int) -result));
    }
    return 0;
  }

  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
