// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Options of a socket that are one number each, at the level SOL_SOCKET (socket(7)). */
public final class SocketOptions {
  public static final int SO_REUSEPORT = 15;

  /** Whether it listens. */
  public static final int SO_ACCEPTCONN = 30;

  public static final int SO_DOMAIN = 39;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;

  private static final int SOL_SOCKET = 1;

  private SocketOptions() {}

  /** Reads an option. */
  public static int read(int socket, int option) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) JAVA_INT.byteSize());
      long result =
          Kernel.call(
              Syscall.GETSOCKOPT, socket, SOL_SOCKET, option, value.address(), size.address(), 0);
      Kernel.succeeded(result, Syscall.GETSOCKOPT, "option " + option);
      return value.get(JAVA_INT, 0);
    }
  }

  /** Sets an option. */
  public static void write(int socket, int option, int value) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocateFrom(JAVA_INT, value);
      long result =
          Kernel.call(
              Syscall.SETSOCKOPT,
              socket,
              SOL_SOCKET,
              option,
              word.address(),
              JAVA_INT.byteSize(),
              0);
      Kernel.succeeded(result, Syscall.SETSOCKOPT, "option " + option);
    }
  }
}
