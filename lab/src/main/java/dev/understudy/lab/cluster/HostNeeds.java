// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Capability;
import dev.understudy.agent.linux.ProcessFacts;
import dev.understudy.lab.tools.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What a lab needs of the machine before anything is made. */
public final class HostNeeds {
  /** Without these not even the first steps can be done. */
  private static final List<Capability> CAPABILITIES =
      List.of(
          Capability.CAP_NET_ADMIN,
          Capability.CAP_NET_RAW,
          Capability.CAP_SYS_ADMIN,
          Capability.CAP_SYS_PTRACE);

  private HostNeeds() {}

  /** Refuses with one sentence when this machine cannot hold a lab. */
  public static void check() throws LabException {
    if (read(ProcessFacts.self()::effectiveUid) != 0) {
      throw LabException.host(
          "A lab makes namespaces and mounts, which needs root: run the command with sudo.");
    }
    long capabilities = read(ProcessFacts.self()::capabilities);
    for (Capability needed : CAPABILITIES) {
      if (!needed.in(capabilities)) {
        throw LabException.host(
            "This process lacks "
                + needed
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
  public static OptionalLong openFilesMost() throws LabException {
    boolean may = Capability.CAP_SYS_RESOURCE.in(read(ProcessFacts.self()::capabilities));
    return may ? OptionalLong.empty() : read(ProcessFacts.self()::openFilesMost);
  }

  /** The machine's boot, to know a record of an earlier one. */
  public static String bootId() throws LabException {
    return read(() -> Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))).strip();
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T read(Reading<T> reading) throws LabException {
    try {
      return reading.read();
    } catch (IOException e) {
      throw LabException.host("Cannot read " + e.getMessage() + "; mount /proc.");
    }
  }
}
