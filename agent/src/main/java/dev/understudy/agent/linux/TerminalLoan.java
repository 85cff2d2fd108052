// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.lang.foreign.Arena;
import java.util.Optional;

/**
 * The terminal in whose foreground this process runs, lent to a program that it starts. Meanwhile
 * the keys that interrupt and quit (SIGINT, SIGQUIT) leave this process alone: the terminal sends
 * them to that program, too, and it is that program's to say what they mean. At the end the
 * foreground is this process's again: a shell that was the borrower moves it to a group of its own
 * and cannot always move it back.
 */
public final class TerminalLoan implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int TIOCGPGRP = 0x540F;
  private static final int TIOCSPGRP = 0x5410;

  private final int terminal;
  private final int group;
  private final Memory interrupt = SignalActions.swallow(Signals.SIGINT);
  private final Memory quit = SignalActions.swallow(Signals.SIGQUIT);
  private boolean closed;

  private TerminalLoan(int terminal, int group) {
    this.terminal = terminal;
    this.group = group;
  }

  /** Empty when this process has no terminal, or does not run in its foreground. */
  public static Optional<TerminalLoan> begin() throws LinuxException {
    int terminal;
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom("/dev/tty").address();
      terminal =
          (int) Kernel.call(Syscall.OPENAT, AT_FDCWD, name, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
    }
    if (terminal < 0) {
      return Optional.empty();
    }
    boolean lent = false;
    try {
      int group = (int) Kernel.require(Syscall.GETPGID, "this process", 0, 0, 0, 0);
      lent = foreground(terminal) == group;
      return lent ? Optional.of(new TerminalLoan(terminal, group)) : Optional.empty();
    } finally {
      if (!lent) {
        Kernel.close(terminal);
      }
    }
  }

  private static int foreground(int terminal) throws LinuxException {
    Memory group = Memory.ofSize(Integer.BYTES);
    Kernel.require(Syscall.IOCTL, "/dev/tty", terminal, TIOCGPGRP, group.address(), 0);
    group.keep();
    return group.bytes().getInt(0);
  }

  /**
   * Takes the terminal back; more calls do nothing.
   *
   * @throws LinuxException when the terminal is gone
   */
  @Override
  public synchronized void close() throws LinuxException {
    if (closed) {
      return;
    }
    closed = true;
    // Whoever takes the foreground from the background is stopped by this signal otherwise.
    Memory output = SignalActions.ignore(Signals.SIGTTOU);
    try {
      Memory number = Memory.ofSize(Integer.BYTES);
      number.bytes().putInt(0, group);
      Kernel.require(Syscall.IOCTL, "/dev/tty", terminal, TIOCSPGRP, number.address(), 0);
      number.keep();
    } finally {
      SignalActions.restore(Signals.SIGTTOU, output);
      SignalActions.restore(Signals.SIGQUIT, quit);
      SignalActions.restore(Signals.SIGINT, interrupt);
      Kernel.close(terminal);
    }
  }
}
