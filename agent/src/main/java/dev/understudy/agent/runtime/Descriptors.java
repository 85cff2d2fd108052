// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes have open. */
public final class Descriptors {
  private Descriptors() {}

  /** Targets of /proc/PID/fd; what is gone by now is left out. */
  public static List<String> targets(int pid) {
    try (Stream<Path> fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return fds.map(Descriptors::target).toList();
    } catch (IOException | UncheckedIOException gone) {
      return List.of();
    }
  }

  /** What that descriptor of a process leads to; empty when it is closed. */
  static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
