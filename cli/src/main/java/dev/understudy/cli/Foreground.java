// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import java.io.IOException;
import java.util.List;

/** Runs a command in this one's place: its input, output and exit code are this command's. */
final class Foreground {
  private Foreground() {}

  /** The exit code; 128 + N when signal N ended it. */
  static int run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    // A terminal sends its signals to both of us; a kill of this process alone is passed on.
    Thread passOn = new Thread(() -> process.descendants().forEach(ProcessHandle::destroy));
    Runtime.getRuntime().addShutdownHook(passOn);
    int code = process.waitFor();
    try {
      Runtime.getRuntime().removeShutdownHook(passOn);
    } catch (IllegalStateException ending) {
      // The hook runs already, and finds nobody.
    }
    return code;
  }

  /** A command as picocli hands it over, without the "--" that sets it apart. */
  static List<String> withoutMark(List<String> command) {
    return !command.isEmpty() && command.getFirst().equals("--")
        ? command.subList(1, command.size())
        : command;
  }
}
