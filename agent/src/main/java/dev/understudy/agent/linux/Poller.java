// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.ByteBuffer;

/**
 * Waits for descriptors to become readable or for a point in time, whichever is first (ppoll(2)).
 * For one thread; allocates nothing once warm.
 */
public final class Poller {
  /** A deadline that never comes. */
  public static final long FOREVER = Long.MAX_VALUE;

  private static final int SLOT_BYTES = 8;
  private static final short POLLIN = 1;
  private static final short POLLNVAL = 0x20;

  private final Memory slots;
  private final Memory timeout = Memory.ofSize(16);
  private final int capacity;

  /** Beyond the highest index in use: the kernel need not look further. */
  private int used;

  /** An empty set with room for so many descriptors. */
  public Poller(int capacity) {
    this.capacity = capacity;
    this.slots = Memory.ofSize(Math.multiplyExact(capacity, SLOT_BYTES));
    for (int index = 0; index < capacity; index++) {
      slots.bytes().putInt(index * SLOT_BYTES, -1);
    }
  }

  /**
   * Watches a descriptor for input, end of file and errors.
   *
   * @return its index, which stays its own until it is removed
   */
  public int add(int fd) {
    ByteBuffer bytes = slots.bytes();
    for (int index = 0; index < capacity; index++) {
      int at = index * SLOT_BYTES;
      if (bytes.getInt(at) < 0) {
        bytes.putInt(at, fd).putShort(at + 4, POLLIN).putShort(at + 6, (short) 0);
        used = Math.max(used, index + 1);
        return index;
      }
    }
    throw new IllegalStateException(
        "descriptor " + fd + " finds no room among " + capacity + " watched ones");
  }

  /** Stops watching; to be called before the descriptor is closed. */
  public void remove(int index) {
    slots.bytes().putInt(index * SLOT_BYTES, -1).putShort(index * SLOT_BYTES + 6, (short) 0);
  }

  /**
   * Waits until a descriptor is ready or the deadline has come; a deadline in the past only looks.
   * The kernel's timer behind it stands still in suspend, so that a deadline within a suspend is
   * noticed late: compare with {@link Clock#bootNanos()} afterwards.
   *
   * @param bootNanosDeadline on the scale of {@link Clock#bootNanos()}, or {@link #FOREVER}
   * @return how many descriptors are ready; 0 means that the deadline has come
   */
  public int waitUntil(long bootNanosDeadline) {
    while (true) {
      long timeoutAddress = 0;
      if (bootNanosDeadline != FOREVER) {
        long left = Math.max(0, bootNanosDeadline - Clock.bootNanos());
        timeout.bytes().putLong(0, left / 1_000_000_000L).putLong(8, left % 1_000_000_000L);
        timeoutAddress = timeout.address();
      }
      long result = Kernel.call(Syscall.PPOLL, slots.address(), used, timeoutAddress, 0, 8, 0);
      timeout.keep();
      slots.keep();
      if (result >= 0) {
        return (int) result;
      }
      // EINTR: a signal of the virtual machine's; the deadline is absolute, so wait on.
      if (result != -Errno.EINTR) {
        throw new IllegalStateException(
            new LinuxException("ppoll", used + " descriptors", (int) -result));
      }
    }
  }

  /** Whether the last wait found this one readable, at its end or broken. */
  public boolean ready(int index) {
    short found = slots.bytes().getShort(index * SLOT_BYTES + 6);
    if ((found & POLLNVAL) != 0) {
      int fd = slots.bytes().getInt(index * SLOT_BYTES);
      throw new IllegalStateException("descriptor " + fd + " was closed while it was watched");
    }
    return found != 0;
  }
}
