// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The plan that an agent was brought last, on its disk: it goes by it without anybody's help. An
 * older one is refused, so that a call that comes late, or twice, undoes nothing.
 */
final class PlanKeeper {
  private final Path file;
  private final int address;
  private AgentPlan kept;

  private PlanKeeper(Path file, int address, AgentPlan kept) {
    this.file = file;
    this.address = address;
    this.kept = kept;
  }

  /**
   * Reads what there is.
   *
   * @param folder that survives a crash
   * @param address of this node, IPv4
   */
  static PlanKeeper open(Path folder, int address) throws IOException {
    Path file = folder.resolve("plan.json");
    AgentPlan kept =
        Files.exists(file)
            ? Json.mapper().readValue(Files.readAllBytes(file), AgentPlan.class)
            : AgentPlan.NONE;
    return new PlanKeeper(file, address, kept);
  }

  synchronized AgentPlan plan() {
    return kept;
  }

  /**
   * Keeps a newer plan; it is on disk when this returns.
   *
   * @return why not; empty when it is kept, or was already
   */
  synchronized Optional<String> take(AgentPlan offered) {
    if (offered.equals(kept)) {
      return Optional.empty();
    }
    if (offered.revision() <= kept.revision()) {
      return Optional.of(
          "plan %d is not newer than plan %d".formatted(offered.revision(), kept.revision()));
    }
    try {
      NodeSpec _ = self(ClusterFile.parseOnNode(offered.clusterFile()));
      DurableFile.replace(file, ByteBuffer.wrap(Json.mapper().writeValueAsBytes(offered)));
    } catch (IOException | ClusterFileException e) {
      return Optional.of("plan " + offered.revision() + ": " + e.getMessage());
    }
    kept = offered;
    return Optional.empty();
  }

  /** This node in a plan. */
  NodeSpec self(Cluster cluster) throws IOException {
    return cluster.nodes().stream()
        .filter(node -> node.address() == address)
        .findFirst()
        .orElseThrow(() -> new IOException("no node of it has address " + Ipv4.text(address)));
  }
}
