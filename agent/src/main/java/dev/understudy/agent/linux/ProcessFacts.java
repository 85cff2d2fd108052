// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the kernel says of a process (proc(5)), read anew with each question.
 *
 * @param folder the process's in /proc
 */
public record ProcessFacts(Path folder) {

  /** This process. */
  public static ProcessFacts self() {
    return new ProcessFacts(Path.of("/proc/self"));
  }

  /** The process of that number. */
  public static ProcessFacts of(long pid) {
    return new ProcessFacts(Path.of("/proc/" + pid));
  }

  /** The user it was started by. */
  public long realUid() throws IOException {
    return Long.parseLong(words("status", "Uid:")[0]);
  }

  /** The user it acts as. */
  public long effectiveUid() throws IOException {
    return Long.parseLong(words("status", "Uid:")[1]);
  }

  /** The group of the user it was started by. */
  public long realGid() throws IOException {
    return Long.parseLong(words("status", "Gid:")[0]);
  }

  /** The effective set, a bit for each number. */
  public long capabilities() throws IOException {
    return Long.parseUnsignedLong(words("status", "CapEff:")[0], 16);
  }

  /** How many files it may have open if it raises its limit; empty for any number. */
  public OptionalLong openFilesMost() throws IOException {
    String hard = words("limits", "Max open files")[1];
    return hard.equals("unlimited") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(hard));
  }

  /** Whether no thread of it can run: each is stopped, or has ended. */
  public boolean stands() {
    try (Stream<Path> threads = Files.list(folder.resolve("task"))) {
      return threads.allMatch(ProcessFacts::threadStands);
    } catch (IOException | UncheckedIOException gone) {
      return true;
    }
  }

  /** The state letter follows the name, which may contain anything. */
  private static boolean threadStands(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      return "TtZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException gone) {
      return true;
    }
  }

  /** The words that follow a name in one of its files. */
  private String[] words(String file, String name) throws IOException {
    Path path = folder.resolve(file);
    List<String> lines = Files.readAllLines(path);
    for (String line : lines) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).strip().split("\\s+", -1);
      }
    }
    throw new IOException(path + " has no line " + name);
  }
}
