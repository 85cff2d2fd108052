// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the few programs that a lab is made with: unshare, nsenter, ip, sh. */
final class Commands {
  /** All that a program inherits, so that the caller's environment changes nothing. */
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH",
          "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "HOME",
          "/root",
          "LANG",
          "C.UTF-8");

  private Commands() {}

  /** A process to be started with the small environment. */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    builder.directory(new File("/"));
    return builder;
  }

  /**
   * Runs a short command to its end.
   *
   * @param doing what is tried, for the sentence: "connect node a to the switch"
   */
  static void run(String doing, List<String> command) throws LabException {
    try {
      Process process = builder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw LabException.failed(
            "Cannot "
                + doing
                + ": "
                + command.getFirst()
                + " ended with status "
                + status
                + (said.isBlank() ? "" : " and said: " + said.strip().replace("\n", "; "))
                + ".");
      }
    } catch (IOException e) {
      throw LabException.failed("Cannot " + doing + ": " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Cannot " + doing + ": interrupted.", e);
    }
  }
}
