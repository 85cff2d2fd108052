// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a command said, which has ended. */
record Said(int code, String out, String err) {
  private static final long LIMIT_SECONDS = 120;

  /** Runs a command with that input. */
  static Said of(List<String> command, String input) throws Exception {
    Path complaints = Files.createTempFile("understudy", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      return new Said(process.exitValue(), out, Files.readString(complaints));
    } finally {
      Files.delete(complaints);
    }
  }

  /** What it printed; it must have succeeded. */
  String must() {
    assertThat(code).as("%s", this).isZero();
    return out;
  }

  /** What it complained about; it must have failed. */
  String refusal() {
    assertThat(code).as("%s", this).isNotZero();
    return err;
  }
}
