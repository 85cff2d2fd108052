// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.HostPrograms;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command that was run to its end.
 *
 * @param code its exit code
 * @param text all that it wrote
 */
record Captured(int code, String text) {
  /**
   * Runs it.
   *
   * @param input the file that it reads; null for none
   */
  static Captured run(List<String> command, @Nullable Path input) throws LabException {
    File read = input == null ? new File("/dev/null") : input.toFile();
    try {
      Process process =
          HostPrograms.builder(command).redirectInput(read).redirectErrorStream(true).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Captured(process.waitFor(), text);
    } catch (IOException e) {
      throw LabException.failed("Cannot run " + command.getFirst() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted while " + command.getFirst() + " ran.", e);
    }
  }

  /** The last line, where programs say what went wrong. */
  String lastLine() {
    return text.isEmpty() ? "it ended with " + code : text.lines().toList().getLast();
  }
}
