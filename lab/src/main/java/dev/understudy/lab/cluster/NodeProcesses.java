// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Process numbers of a node as this machine counts them. */
final class NodeProcesses {
  private NodeProcesses() {}

  /**
   * The machine's number of a process.
   *
   * @param init PID 1 of its node
   * @param pid the number that it has in the node
   */
  static OptionalLong onHost(ProcessMark init, long pid) throws IOException {
    String namespace = Files.readSymbolicLink(Path.of("/proc/" + init.pid() + "/ns/pid")).toString();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(p -> p.getFileName().toString().matches("[0-9]+"))
          .filter(p -> isIt(p, namespace, pid))
          .mapToLong(p -> Long.parseLong(p.getFileName().toString()))
          .findFirst();
    }
  }

  private static boolean isIt(Path process, String namespace, long pid) {
    try {
      if (!Files.readSymbolicLink(process.resolve("ns/pid")).toString().equals(namespace)) {
        return false;
      }
      return Files.readAllLines(process.resolve("status")).stream()
          .anyMatch(l -> l.startsWith("NSpid:") && l.endsWith("\t" + pid));
    } catch (IOException gone) {
      // It ended while we looked at it, so it is not the one that is asked for.
      return false;
    }
  }
}
