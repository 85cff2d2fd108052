// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A short command that was run to its end, with the small environment and in the root folder.
 *
 * @param code its exit code, 128 + N when signal N ended it
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Captured(int code, String out, String err) {

  /** Runs it without input. */
  public static Captured run(List<String> command, int limitSeconds) throws IOException {
    return run(command, Path.of("/dev/null"), limitSeconds);
  }

  /**
   * Runs it.
   *
   * @param input the file that it reads
   * @throws IOException when it cannot be run, or has not ended in time and was killed
   */
  public static Captured run(List<String> command, Path input, int limitSeconds)
      throws IOException {
    // Files and no pipes: what a grandchild has inherited must not keep us waiting.
    Path out = Files.createTempFile("understudy-", ".out");
    Path err = Files.createTempFile("understudy-", ".err");
    try {
      Process process = start(command, input.toFile(), out, err);
      if (!ended(process, limitSeconds)) {
        throw new IOException(
            command.getFirst() + " did not end within " + limitSeconds + " s and was killed");
      }
      return new Captured(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static Process start(List<String> command, File input, Path out, Path err)
      throws IOException {
    return HostPrograms.builder(command)
        .redirectInput(input)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  private static boolean ended(Process process, int limitSeconds) throws IOException {
    try {
      return process.waitFor(limitSeconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException told = new InterruptedIOException("interrupted while a command ran");
      told.initCause(e);
      throw told;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
  }

  /** Whether it ended with 0. */
  public boolean ok() {
    return code == 0;
  }

  /** The last line that it wrote, errors before others: there programs say what went wrong. */
  public String lastLine() {
    return Stream.of(err, out)
        .flatMap(text -> text.lines().skip(Math.max(0, text.lines().count() - 1)))
        .findFirst()
        .orElse("exit code " + code);
  }
}
