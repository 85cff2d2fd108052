// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.LinuxException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one external program to its end, within a time limit. Its error output goes through a file,
 * never through a pipe: a pipe that a grandchild inherits would keep the reader waiting.
 */
public final class Command {
  /** After SIGKILL; what takes longer hangs in the kernel, perhaps for ever. */
  private static final long DEATH_SECONDS = 10;

  private static final int KEPT_BYTES = 8 * 1024;

  private final List<String> argv;
  private File output = new File("/dev/null");
  private Path directory = Path.of("/");
  private @Nullable Path errors;
  private Cancellation cancellation = new Cancellation();
  private Consumer<ProcessTree> beforeKill = _ -> {};

  private Command(List<String> argv) {
    this.argv = List.copyOf(argv);
  }

  /** A program and its arguments, with standard input and output at /dev/null. */
  public static Command of(List<String> argv) {
    return new Command(argv);
  }

  /** See {@link #of(List)}. */
  public static Command of(String... argv) {
    return new Command(List.of(argv));
  }

  /** Sends standard output to this file or pipe. */
  public Command output(Path to) {
    this.output = to.toFile();
    return this;
  }

  /** Sends standard error to this file or pipe, instead of keeping its end for the result. */
  public Command errors(Path to) {
    this.errors = to;
    return this;
  }

  /** Sets the working directory, which is / otherwise. */
  public Command in(Path workingDirectory) {
    this.directory = workingDirectory;
    return this;
  }

  /**
   * Kills it, with its descendants, when that is cancelled.
   *
   * @param before what is done to its tree first
   */
  public Command endedBy(Cancellation wish, Consumer<ProcessTree> before) {
    this.cancellation = wish;
    this.beforeKill = before;
    return this;
  }

  /**
   * How a program ended.
   *
   * @param exit its exit status, 128 + n after signal n; -1 when it was killed at the time limit
   * @param errors the end of what it wrote to standard error, at most 8 KiB
   * @param endedNanos {@link System#nanoTime()} when the end was seen
   */
  public record Result(int exit, String errors, long endedNanos) {
    /** Whether the program ended by itself with status 0. */
    public boolean ok() {
      return exit == 0;
    }

    /** Whether the time limit struck. */
    public boolean timedOut() {
      return exit == -1;
    }

    /** How it ended, for people. */
    public String how() {
      String end = timedOut() ? "did not end in time and was killed" : "ended with status " + exit;
      return errors.isBlank() ? end : end + ": " + errors.strip();
    }
  }

  /**
   * Runs it.
   *
   * @throws IOException when it cannot be started at all
   */
  public Result run(Duration limit) throws IOException {
    Path kept = Files.createTempFile("understudy-", ".err");
    try (FileChannel written = FileChannel.open(kept, StandardOpenOption.READ)) {
      Process process = start(kept);
      ProcessTree tree = new ProcessTree(Math.toIntExact(process.pid()));
      int exit;
      try (var _ = cancellation.during(() -> end(tree))) {
        exit = await(process, tree, limit);
      }
      long ended = System.nanoTime();
      return new Result(exit, tail(written), ended);
    }
  }

  /** The file loses its name at once, so that it cannot outlive an agent that is killed. */
  private Process start(Path kept) throws IOException {
    try {
      return new ProcessBuilder(argv)
          .directory(directory.toFile())
          .redirectInput(new File("/dev/null"))
          .redirectOutput(output)
          .redirectError((errors == null ? kept : errors).toFile())
          .start();
    } finally {
      Files.delete(kept);
    }
  }

  /**
   * Runs it and throws unless it ended with status 0.
   *
   * @param verb what this was for, for the message
   */
  public void must(String verb, Duration limit) throws IOException {
    Result result = run(limit);
    if (!result.ok()) {
      throw new IOException(verb + " failed: " + argv.getFirst() + " " + result.how());
    }
  }

  private void end(ProcessTree tree) {
    beforeKill.accept(tree);
    try {
      tree.kill();
    } catch (LinuxException e) {
      throw new IllegalStateException("an own program cannot be killed: " + e.getMessage(), e);
    }
  }

  /** With its descendants: a CRIU that is killed alone leaves what it was restoring. */
  private static int await(Process process, ProcessTree tree, Duration limit) throws IOException {
    boolean interrupted = false;
    try {
      if (process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    tree.kill();
    boolean dead = dies(process);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!dead) {
      throw new IOException(
          "process %d was killed and does not die: the kernel is waiting for a device"
              .formatted(process.pid()));
    }
    if (interrupted) {
      throw new IOException("interrupted while it waited for a program");
    }
    return -1;
  }

  /** Waits for a killed process, whoever interrupts: what it has open is to be closed. */
  private static boolean dies(Process process) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEATH_SECONDS);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String tail(FileChannel written) throws IOException {
    long size = written.size();
    ByteBuffer end = ByteBuffer.allocate((int) Math.min(KEPT_BYTES, size));
    long at = size - end.remaining();
    while (end.hasRemaining()) {
      int n = written.read(end, at);
      if (n < 0) {
        break;
      }
      at += n;
    }
    return StandardCharsets.UTF_8.decode(end.flip()).toString();
  }
}
