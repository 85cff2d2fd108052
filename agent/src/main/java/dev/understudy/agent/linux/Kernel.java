// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The one door out of Java: libc's {@code syscall(2)} with six words, and {@code clock_gettime(2)}
 * because libc answers that without entering the kernel. ({@link SignalActions} has the only other
 * function of libc.)
 *
 * <p>One handle for all calls means one handle to warm, no allocation and one place where errno is
 * read. Pointers travel as plain numbers: whoever passes an address keeps its memory reachable
 * until the call returned ({@link java.lang.ref.Reference#reachabilityFence}).
 */
public final class Kernel {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  // syscall() is declared with "..." but reads its six words from registers on both architectures,
  // and neither passes variadic integers differently; so it is called as an ordinary function.
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private static final MethodHandle CLOCK_GETTIME =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("clock_gettime"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS),
          Linker.Option.critical(false));

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Kernel() {}

  /** What a thread's calls write into; it lives as long as the thread. */
  private static final class Scratch {
    final MemorySegment state = Arena.ofAuto().allocate(STATE);
    final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);
  }

  /**
   * Makes a system call. The thread is in native code meanwhile: the collector is not held up, a
   * virtual thread pins its carrier.
   *
   * @return the call's result, or minus errno when it failed
   */
  public static long call(Syscall call, long a, long b, long c, long d, long e, long f) {
    MemorySegment state = SCRATCH.get().state;
    try {
      long result = (long) SYSCALL.invokeExact(state, call.number, a, b, c, d, e, f);
      return result == -1 ? -(long) state.get(JAVA_INT, ERRNO) : result;
    } catch (Throwable impossible) {
      throw new IllegalStateException(call.verb + " could not be called at all", impossible);
    }
  }

  /** A call with up to four words. */
  public static long call(Syscall call, long a, long b, long c, long d) {
    return call(call, a, b, c, d, 0, 0);
  }

  /** A call with up to two words. */
  public static long call(Syscall call, long a, long b) {
    return call(call, a, b, 0, 0, 0, 0);
  }

  /**
   * Makes a system call that is expected to work.
   *
   * @param object what the verb acts on, for the error message
   * @throws LinuxException names the call, the object and errno
   */
  public static long require(Syscall call, String object, long a, long b, long c, long d)
      throws LinuxException {
    return succeeded(call(call, a, b, c, d), call, object);
  }

  /** The result of a call, or the exception that its negative value stands for. */
  public static long succeeded(long result, Syscall call, String object) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call.verb, object, (int) -result);
    }
    return result;
  }

  /**
   * Closes a descriptor. Linux releases it whatever close(2) says, so there is nothing to report
   * but a descriptor that was never open: a broken invariant.
   */
  public static void close(int fd) {
    long result = call(Syscall.CLOSE, fd, 0);
    if (result == -Errno.EBADF) {
      throw new IllegalStateException("descriptor " + fd + " was closed before");
    }
  }

  /** Reads a clock in nanoseconds; the identifier is one that every kernel knows. */
  static long clockNanos(int clock) {
    MemorySegment time = SCRATCH.get().timespec;
    try {
      int result = (int) CLOCK_GETTIME.invokeExact(clock, time);
      if (result != 0) {
        throw new IllegalStateException("the kernel does not know clock " + clock);
      }
    } catch (IllegalStateException broken) {
      throw broken;
    } catch (Throwable impossible) {
      throw new IllegalStateException("clock_gettime could not be called at all", impossible);
    }
    return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
  }
}
