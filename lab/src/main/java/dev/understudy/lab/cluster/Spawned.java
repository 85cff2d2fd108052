// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.lab.tools.HostPrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A PID 1 that was just started and waits for a word on its standard input. Until it gets one, it
 * ends when this object is closed or this process dies.
 */
public final class Spawned implements AutoCloseable {
  private final Process launcher;
  private final ProcessMark init;

  private Spawned(Process launcher, ProcessMark init) {
    this.launcher = launcher;
    this.init = init;
  }

  /**
   * Starts a script whose first line of output is "pid" and its number.
   *
   * @param what for sentences: "node a"
   * @param log gets what the programs on the way to the script say
   */
  public static Spawned start(
      String what, List<String> command, Map<String, String> extra, Path log) throws LabException {
    ProcessBuilder builder = HostPrograms.builder(command);
    builder.environment().putAll(extra);
    builder.redirectError(Redirect.appendTo(log.toFile()));
    Process launcher;
    try {
      launcher = builder.start();
    } catch (IOException e) {
      throw LabException.failed("Cannot start " + what + ": " + e.getMessage() + ".", e);
    }
    Optional<ProcessMark> init = pid(launcher).flatMap(ProcessMark::of);
    if (init.isEmpty()) {
      launcher.destroyForcibly();
      throw LabException.failed(
          what + " did not start; the end of " + log + ":\n" + StateFolder.tail(log, 5));
    }
    return new Spawned(launcher, init.get());
  }

  private static Optional<Long> pid(Process launcher) {
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8));
      @Nullable String line = out.readLine();
      return line != null && line.startsWith("pid ")
          ? Optional.of(Long.valueOf(line.substring("pid ".length())))
          : Optional.empty();
    } catch (IOException e) {
      // It died while it wrote; its log says why.
      return Optional.empty();
    }
  }

  /** PID 1 of what was started. */
  public ProcessMark init() {
    return init;
  }

  /** Gives it its word. */
  public void say(String word) throws LabException {
    try {
      OutputStream in = launcher.getOutputStream();
      in.write((word + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      throw LabException.failed(
          "Process " + init.pid() + " ended before it was told \"" + word + "\".", e);
    }
  }

  /** Lets go of it: without a word before, that ends it. */
  @Override
  public void close() {
    closeQuietly(launcher.getOutputStream());
    closeQuietly(launcher.getInputStream());
  }

  private static void closeQuietly(AutoCloseable stream) {
    try {
      stream.close();
    } catch (Exception e) {
      // A pipe whose other end is gone is as closed as it can be.
    }
  }
}
