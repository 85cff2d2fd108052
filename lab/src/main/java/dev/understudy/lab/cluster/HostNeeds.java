// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.lab.tools.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a lab needs of the machine before anything is made. */
final class HostNeeds {
  private static final int CAP_SYS_RESOURCE = 24;

  /** Without these, with their numbers in capabilities(7), not even the first steps can be done. */
  private static final SortedMap<String, Integer> CAPABILITIES =
      new TreeMap<>(
          Map.of(
              "CAP_SYS_ADMIN", 21, "CAP_NET_ADMIN", 12, "CAP_NET_RAW", 13, "CAP_SYS_PTRACE", 19));

  private HostNeeds() {}

  /** Refuses with one sentence when this machine cannot hold a lab. */
  static void check() throws LabException {
    if (statusField("Uid:", 1) != 0) {
      throw LabException.host(
          "A lab makes namespaces and mounts, which needs root: run the command with sudo.");
    }
    long capabilities = statusField("CapEff:", 0);
    for (Map.Entry<String, Integer> needed : CAPABILITIES.entrySet()) {
      if ((capabilities >>> needed.getValue() & 1) == 0) {
        throw LabException.host(
            "This process lacks "
                + needed.getKey()
                + ": in a container, start that with --privileged; \"understudy doctor\" lists"
                + " everything that is missing.");
      }
    }
    if (!Files.exists(Path.of("/proc/self/ns/time"))) {
      throw LabException.host(
          "This kernel has no time namespaces, which give each node a clock of its own: use Linux"
              + " 5.6 or newer with CONFIG_TIME_NS.");
    }
    List<String> missing = HostPrograms.missing(HostPrograms.NEEDED);
    if (!missing.isEmpty()) {
      throw LabException.host(
          "This machine lacks "
              + String.join(", ", missing)
              + ": install "
              + HostPrograms.PACKAGES
              + ".");
    }
  }

  /**
   * The number to show as /proc/sys/fs/nr_open, where programs may not raise their limit of open
   * files that far: CRIU takes it for what it may set. Empty where they may.
   */
  static OptionalLong openFilesMost() throws LabException {
    if ((statusField("CapEff:", 0) & 1L << CAP_SYS_RESOURCE) != 0) {
      return OptionalLong.empty();
    }
    for (String line : lines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        String hard = line.substring("Max open files".length()).strip().split("\\s+", -1)[1];
        return hard.equals("unlimited")
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(hard));
      }
    }
    throw new IllegalStateException("no line \"Max open files\" in /proc/self/limits");
  }

  /** The machine's boot, to know a record of an earlier one. */
  static String bootId() throws LabException {
    return lines(Path.of("/proc/sys/kernel/random/boot_id")).getFirst();
  }

  private static long statusField(String name, int index) throws LabException {
    for (String line : lines(Path.of("/proc/self/status"))) {
      if (line.startsWith(name)) {
        String value = line.substring(name.length()).strip().split("\\s+", -1)[index];
        return Long.parseUnsignedLong(value, name.startsWith("Cap") ? 16 : 10);
      }
    }
    throw new IllegalStateException("no line " + name + " in /proc/self/status");
  }

  private static List<String> lines(Path file) throws LabException {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw LabException.host("Cannot read " + file + ": " + e.getMessage() + "; mount /proc.");
    }
  }
}
