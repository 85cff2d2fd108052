// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.lab.tools.Captured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What figures must not be read without.
 *
 * @param cores that this process may use
 * @param memoryBytes of the whole machine
 * @param kernel release
 * @param cpuModel as the processor names itself
 * @param java version of the virtual machine
 * @param criu version
 * @param commit of the source tree, with "+changes" when it was changed; "unknown" outside of one
 * @param date when, in UTC
 */
public record Machine(
    int cores,
    long memoryBytes,
    String kernel,
    String cpuModel,
    String java,
    String criu,
    String commit,
    String date) {
  private static final int GIT_SECONDS = 10;

  /** Of this machine. */
  public static Machine here(String criuVersion, Path sources) throws IOException {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        memoryBytes(Files.readAllLines(Path.of("/proc/meminfo"))),
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        cpuModel(Files.readAllLines(Path.of("/proc/cpuinfo"))),
        Runtime.version().toString(),
        criuVersion,
        commit(sources),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  static long memoryBytes(List<String> meminfo) {
    return meminfo.stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no MemTotal in " + meminfo));
  }

  static String cpuModel(List<String> cpuinfo) {
    return cpuinfo.stream()
        .filter(line -> line.startsWith("model name") || line.startsWith("CPU part"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** A tree without Git, or a machine without it, is no failure: there is no commit to tell. */
  private static String commit(Path sources) {
    String commit = git(sources, "rev-parse", "--short=12", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    return git(sources, "status", "--porcelain").isEmpty() ? commit : commit + "+changes";
  }

  private static String git(Path sources, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", sources.toAbsolutePath() + ""));
    command.addAll(List.of(arguments));
    try {
      Captured git = Captured.run(command, GIT_SECONDS);
      return git.ok() ? git.out() : "";
    } catch (IOException absent) {
      return "";
    }
  }
}
