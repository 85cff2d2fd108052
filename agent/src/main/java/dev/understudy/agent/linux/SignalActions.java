// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * What this process does about a signal, in place of what the virtual machine does (sigaction(2)).
 *
 * <p>By libc's function and not by the system call, which on x86-64 wants to be told how a handler
 * returns.
 */
final class SignalActions {
  /** More than any Linux's {@code struct sigaction} takes. */
  private static final int SIZE = 256;

  /** Where the handler stands in it. */
  private static final int HANDLER = 0;

  /** SIG_IGN; unlike a handler, a program that is started inherits it. */
  private static final long IGNORED = 1;

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle SIGACTION =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("sigaction"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  /**
   * A handler that does nothing: a function of C that takes a number and only computes. A method of
   * Java could not be one, since signals come in the middle of anything.
   */
  private static final long NOTHING = LINKER.defaultLookup().findOrThrow("abs").address();

  private SignalActions() {}

  /** Catches a signal and does nothing; a program that is started has the usual action again. */
  static Memory swallow(int signal) {
    return set(signal, NOTHING);
  }

  /** Ignores a signal. */
  static Memory ignore(int signal) {
    return set(signal, IGNORED);
  }

  /** Does again what was done before. */
  static void restore(int signal, Memory former) {
    act(signal, MemorySegment.ofBuffer(former.bytes()), MemorySegment.NULL);
  }

  private static Memory set(int signal, long handler) {
    Memory next = Memory.ofSize(SIZE);
    next.bytes().putLong(HANDLER, handler);
    Memory former = Memory.ofSize(SIZE);
    act(signal, MemorySegment.ofBuffer(next.bytes()), MemorySegment.ofBuffer(former.bytes()));
    return former;
  }

  private static void act(int signal, MemorySegment next, MemorySegment former) {
    int result;
    try {
      result = (int) SIGACTION.invokeExact(signal, next, former);
    } catch (Throwable impossible) {
      throw new IllegalStateException("sigaction could not be called at all", impossible);
    }
    if (result != 0) {
      throw new IllegalStateException("the action for signal " + signal + " cannot be set");
    }
  }
}
