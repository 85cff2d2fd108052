// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.workload.ParkedWorkload;
import dev.understudy.api.control.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What an agent that was restarted under a maintenance lease left to the next one. It lies on the
 * node's tmpfs: what it speaks of does not outlive the node either.
 *
 * @param clusterFile the configuration that it went by; another one resumes nothing
 * @param workloads those that went on
 */
record ParkedAgent(String clusterFile, List<ParkedWorkload> workloads) {
  private static final String NAME = "parked.json";

  void write(Path run) throws IOException {
    Path beside = run.resolve(NAME + ".new");
    Files.write(beside, Json.mapper().writeValueAsBytes(this));
    Files.move(beside, run.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Reads it and removes it: nobody else may go by it once this agent acts. */
  static ParkedAgent take(Path run) throws IOException {
    Path file = run.resolve(NAME);
    if (!Files.exists(file)) {
      return new ParkedAgent("", List.of());
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return Json.mapper().readValue(bytes, ParkedAgent.class);
  }

  /** What was left of that workload, if the configuration is still the same. */
  Optional<ParkedWorkload> workload(String name, String clusterFileNow) {
    return workloads.stream()
        .filter(w -> w.reign().workload().equals(name) && clusterFile.equals(clusterFileNow))
        .findFirst();
  }
}
