// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Command;
import dev.understudy.agent.runtime.ToolPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/**
 * What decides whether a process image of one machine can live on another.
 *
 * @param architecture as uname -m says
 * @param kernel release, as uname -r says
 * @param cpuVendor from /proc/cpuinfo; empty where the architecture has none
 * @param cpuFlags sorted features of the first processor
 * @param criu its version
 * @param root identity of the root file system: {@code host} or the image's digest
 */
public record HostFacts(
    String architecture,
    String kernel,
    String cpuVendor,
    List<String> cpuFlags,
    String criu,
    String root) {
  public HostFacts {
    cpuFlags = List.copyOf(cpuFlags);
  }

  /**
   * Reads this machine's facts.
   *
   * @param rootIdentity see {@link #root()}
   */
  public static HostFacts read(ToolPaths tools, String rootIdentity) throws IOException {
    String vendor = "";
    List<String> flags = List.of();
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      String value = line.substring(line.indexOf(':') + 1).strip();
      if (line.startsWith("vendor_id")) {
        vendor = value;
      } else if (line.startsWith("flags") || line.startsWith("Features")) {
        flags = List.copyOf(new TreeSet<>(List.of(value.split("\\s+"))));
        break;
      }
    }
    return new HostFacts(
        System.getProperty("os.arch", ""),
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        vendor,
        flags,
        criuVersion(tools.criu()),
        rootIdentity);
  }

  private static String criuVersion(Path criu) throws IOException {
    Path out = Files.createTempFile("understudy-", ".criu");
    try {
      Command.of(criu.toString(), "--version")
          .output(out)
          .must("asking CRIU for its version", Duration.ofSeconds(10));
      for (String line : Files.readAllLines(out)) {
        if (line.startsWith("Version: ")) {
          return line.substring("Version: ".length()).strip();
        }
      }
      throw new IOException(criu + " --version prints no line \"Version: \"");
    } finally {
      Files.deleteIfExists(out);
    }
  }
}
