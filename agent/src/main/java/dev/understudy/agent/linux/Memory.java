// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of memory outside the heap that system calls read and write, in the machine's byte order,
 * freed when nothing refers to it any more.
 *
 * @param bytes the content, by absolute indexes
 * @param address where the kernel finds index 0
 */
public record Memory(ByteBuffer bytes, long address) {

  /** Zeroed memory. */
  public static Memory ofSize(int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    return new Memory(bytes, MemorySegment.ofBuffer(bytes).address());
  }

  /** How many bytes it holds. */
  public int size() {
    return bytes.capacity();
  }

  /**
   * Keeps the memory until this point; to be called after each system call that got its address.
   */
  // The fence need not stand in a finally block: a system call that threw never began, and the ones
  // that began have returned here.
  @SuppressWarnings("ReachabilityFenceUsage")
  public void keep() {
    Reference.reachabilityFence(bytes);
  }
}
