// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Pipe;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Standard output and error of one workload on one node: an anonymous pipe (pipe(7)) that outlives
 * the programs that write to it, because the agent holds both ends, and a thread that copies it
 * into a bounded file. CRIU attaches a restored program to it by {@code --inherit-fd}.
 */
public final class LogPipe implements AutoCloseable {
  private static final long FILE_BYTES = 1024 * 1024;
  private static final int LINES = 20;
  private static final int LINE_CHARS = 400;

  private final Pipe pipe;
  private final Path file;
  private final Thread reader;

  /** Known to the reader alone: what could not be written since the last line that was. */
  private long lostBytes;

  private final Deque<String> last = new ArrayDeque<>();
  private final StringBuilder line = new StringBuilder();

  private LogPipe(Pipe pipe, Path file) {
    this.pipe = pipe;
    this.file = file;
    this.reader =
        Thread.ofPlatform().daemon().name("log-" + file.getFileName()).unstarted(this::copy);
  }

  /**
   * Makes the pipe and starts to copy.
   *
   * @param file the log; at 1 MiB it is renamed to {@code NAME.1} and begun again
   */
  public static LogPipe open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    LogPipe made = new LogPipe(Pipe.open(), file);
    made.reader.start();
    return made;
  }

  /**
   * Takes over the pipe of an earlier agent, which had it kept by {@link #keep}.
   *
   * @param keeper the process that keeps it
   * @param key what {@link #key} was
   * @throws IOException also when that process keeps something else
   */
  public static LogPipe adopt(Path file, long keeper, String key) throws IOException {
    Path held = Path.of("/proc", Long.toString(keeper), "fd", "0");
    String found = Files.readSymbolicLink(held).toString();
    if (!found.equals(key)) {
      throw new IOException("process " + keeper + " keeps " + found + " instead of " + key);
    }
    LogPipe made = new LogPipe(Pipe.adopt(held), file);
    made.reader.start();
    return made;
  }

  /**
   * Has a process of its own keep the read end for so long: a program that writes to a pipe which
   * nobody can read is killed. What is written meanwhile waits in the pipe.
   *
   * @return its process ID
   */
  public long keep(Duration time) throws IOException {
    String seconds = Long.toString(time.toSeconds());
    ProcessBuilder sleep = new ProcessBuilder("sleep", seconds);
    sleep.redirectInput(Path.of("/proc/self/fd/" + pipe.readEnd()).toFile());
    sleep.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    sleep.redirectError(ProcessBuilder.Redirect.DISCARD);
    return sleep.start().pid();
  }

  /** A path through which other processes of this PID namespace open the write end. */
  public Path writeEnd() {
    return Pipe.procPath(pipe.writeEnd());
  }

  /** How /proc/PID/fd shows this pipe, and CRIU's key for it: {@code pipe:[INODE]}. */
  public String key() throws IOException {
    return Files.readSymbolicLink(writeEnd()).toString();
  }

  /** The last lines that were written, at most 20, oldest first. */
  public List<String> lastLines() {
    synchronized (last) {
      List<String> lines = new ArrayList<>(last);
      if (!line.isEmpty()) {
        lines.add(line.toString());
      }
      return List.copyOf(lines);
    }
  }

  private void copy() {
    byte[] buffer = new byte[8192];
    Path end = Path.of("/proc/self/fd/" + pipe.readEnd());
    try (InputStream in = new FileInputStream(end.toFile());
        BoundedFile log = new BoundedFile(file, FILE_BYTES)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        remember(buffer, n);
        append(log, buffer, n);
      }
    } catch (IOException e) {
      remember(("[log ended: " + Failures.text(e) + "]\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The programs must not block on a full pipe only because the disk is full: it is drained. */
  private void append(BoundedFile log, byte[] bytes, int length) {
    try {
      if (lostBytes > 0) {
        byte[] gap =
            ("\n[" + lostBytes + " bytes of output lost]\n").getBytes(StandardCharsets.UTF_8);
        log.append(gap, gap.length);
        lostBytes = 0;
      }
      log.append(bytes, length);
    } catch (IOException e) {
      if (lostBytes == 0) {
        remember(("[log lost: " + Failures.text(e) + "]\n").getBytes(StandardCharsets.UTF_8));
      }
      lostBytes += length;
    }
  }

  private void remember(byte[] text) {
    remember(text, text.length);
  }

  private void remember(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    synchronized (last) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          last.addLast(line.toString());
          line.setLength(0);
          if (last.size() > LINES) {
            last.removeFirst();
          }
        } else if (line.length() < LINE_CHARS) {
          line.append(c);
        }
      }
    }
  }

  /** Closes the agent's ends; the thread ends when no program holds the write end any more. */
  @Override
  public void close() throws IOException {
    pipe.closeWriteEnd();
    try {
      reader.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pipe.close();
  }
}
