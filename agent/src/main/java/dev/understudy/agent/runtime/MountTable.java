// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What is mounted in this mount namespace, read from proc(5) mountinfo. */
final class MountTable {
  private MountTable() {}

  /** Mount points at or below a directory, newest first; a point appears once per mount on it. */
  static List<Path> below(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      Path point = Path.of(unescape(line.split(" ", 6)[4]));
      if (point.startsWith(directory)) {
        found.add(point);
      }
    }
    Collections.reverse(found);
    return found;
  }

  /** Unmounts everything at or below a directory, also what is still busy. */
  static void unmountBelow(Path directory) throws IOException {
    for (Path point : below(directory)) {
      Mounts.unmount(point);
    }
  }

  /**
   * Where a file lies on the file system that is mounted on {@code /}, as seen from there without
   * any other mount; empty when it lies on another one. A bind mount shows one file in two places.
   */
  static Optional<Path> onRootFileSystem(Path file) throws IOException {
    String[] top = {};
    String[] under = {};
    Path nearest = Path.of("/");
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String[] fields = line.split(" ", 6);
      Path point = Path.of(unescape(fields[4]));
      if (point.equals(Path.of("/"))) {
        top = fields;
      }
      if (file.startsWith(point) && point.startsWith(nearest)) {
        under = fields;
        nearest = point;
      }
    }
    if (top.length == 0 || !under[2].equals(top[2])) {
      return Optional.empty();
    }
    Path onDevice = Path.of(unescape(under[3])).resolve(nearest.relativize(file));
    Path topOnDevice = Path.of(unescape(top[3]));
    return onDevice.startsWith(topOnDevice)
        ? Optional.of(Path.of("/").resolve(topOnDevice.relativize(onDevice)))
        : Optional.empty();
  }

  /** Space, tab, newline and backslash are written as three octal digits. */
  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 3 < text.length()) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }
}
