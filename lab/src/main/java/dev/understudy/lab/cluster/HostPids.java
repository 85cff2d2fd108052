// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Finds out how the host numbers a process of a PID namespace (pid_namespaces(7)). */
final class HostPids {
  private static final Path PROC = Path.of("/proc");

  private HostPids() {}

  /**
   * The host's number of a process.
   *
   * @param sibling a process of the same PID namespace, by the host's number
   * @param innerPid the number that the process has inside
   */
  static OptionalLong find(long sibling, long innerPid) throws IOException {
    Path namespace = namespaceOf(PROC.resolve(String.valueOf(sibling)));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (matches(process, namespace, innerPid)) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static boolean matches(Path process, Path namespace, long innerPid) throws IOException {
    try {
      return innermostPid(Files.readAllLines(process.resolve("status"))) == innerPid
          && namespaceOf(process).equals(namespace);
    } catch (IOException e) {
      if (Files.exists(process)) {
        throw e;
      }
      return false; // it ended between the listing and the look
    }
  }

  /** The last number of the line NSpid, which goes from the outside in; -1 without that line. */
  static long innermostPid(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("NSpid:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf('\t') + 1).strip()))
        .findFirst()
        .orElse(-1);
  }

  private static Path namespaceOf(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/pid"));
  }
}
