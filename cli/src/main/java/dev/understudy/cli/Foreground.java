// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.TerminalLoan;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a command in this one's place: its input, output and exit code are this command's. */
final class Foreground {
  /** How long a command that was told to end may take before the terminal is taken back. */
  private static final long PATIENCE_SECONDS = 1;

  private Foreground() {}

  /**
   * Runs it to its end. What a terminal sends when somebody presses Ctrl-C or Ctrl-\\ is for the
   * command alone; whatever else ends this process is passed on as SIGTERM.
   *
   * @return the exit code; 128 + N when signal N ended it
   */
  static int run(List<String> command) throws IOException, InterruptedException {
    try (TerminalLoan loan = TerminalLoan.begin().orElse(null)) {
      Process process = new ProcessBuilder(command).inheritIO().start();
      Thread passOn = new Thread(() -> passOn(process, loan), "pass-on");
      Runtime.getRuntime().addShutdownHook(passOn);
      int code = process.waitFor();
      try {
        Runtime.getRuntime().removeShutdownHook(passOn);
      } catch (IllegalStateException ending) {
        // The hook runs already, and finds nobody.
      }
      return code;
    }
  }

  private static void passOn(Process process, @Nullable TerminalLoan loan) {
    List<ProcessHandle> below = process.descendants().toList();
    // A shell that waits for the command ends with it.
    (below.isEmpty() ? List.of(process.toHandle()) : below).forEach(ProcessHandle::destroy);
    try (loan) {
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | LinuxException e) {
      System.err.println("understudy: the terminal could not be taken back: " + e.getMessage());
    }
  }

  /** A command as picocli hands it over, without the "--" that sets it apart. */
  static List<String> withoutMark(List<String> command) {
    return !command.isEmpty() && command.getFirst().equals("--")
        ? command.subList(1, command.size())
        : command;
  }
}
