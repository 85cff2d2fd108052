// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program to its end. The program dies with the thread that started it, so that a killed run
 * leaves no apt behind that would hold its locks.
 */
public final class Commands {
  private final Path scratch;

  /** Output goes through files below {@code scratch}, which must exist. */
  public Commands(Path scratch) {
    this.scratch = scratch;
  }

  /** How a program ended and what it wrote. */
  public record Output(int exitCode, String out, String err) {
    /** Whether it ended with 0. */
    public boolean ok() {
      return exitCode == 0;
    }

    /** What it wrote, standard error first. */
    public String all() {
      return err + "\n" + out;
    }
  }

  /** Called about every second while a program runs. */
  public interface Watcher {
    void tick() throws IOException;
  }

  /** Runs in {@code scratch}, in the C locale; after the limit the program is killed. */
  public Output run(List<String> command, int limitSeconds) throws ToolsException {
    return run(command, Map.of(), limitSeconds, () -> {});
  }

  /** The same with more in its environment, and somebody who watches. */
  public Output run(
      List<String> command, Map<String, String> environment, int limitSeconds, Watcher watch)
      throws ToolsException {
    Path out = scratch.resolve("stdout");
    Path err = scratch.resolve("stderr");
    try {
      ProcessBuilder builder = new ProcessBuilder(boundToUs(command));
      builder.directory(scratch.toFile());
      builder.redirectInput(new File("/dev/null"));
      builder.redirectOutput(out.toFile());
      builder.redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        await(process, command, limitSeconds, watch);
      } finally {
        process.destroyForcibly();
      }
      return new Output(process.exitValue(), text(out), text(err));
    } catch (IOException e) {
      throw new ToolsException(
          "running " + command.getFirst() + " failed: " + e.getMessage() + "; run it again", e);
    }
  }

  private static void await(Process process, List<String> command, int limitSeconds, Watcher watch)
      throws ToolsException, IOException {
    try {
      for (int second = 0; second < limitSeconds; second++) {
        if (process.waitFor(1, TimeUnit.SECONDS)) {
          return;
        }
        watch.tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolsException("running " + command.getFirst() + " was interrupted", e);
    }
    throw new ToolsException(
        String.join(" ", command)
            + " did not end within "
            + limitSeconds
            + " s; check the network, then run the command again");
  }

  private static List<String> boundToUs(List<String> command) {
    List<String> bound = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    bound.addAll(command);
    return bound;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
