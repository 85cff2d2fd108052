// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.core.protocol.GenerationId;
import java.util.Optional;

/** Hands generations that other nodes ship to the workloads that they belong to. */
final class Arrivals implements Receiver {
  private final NodeExecutor executor;

  Arrivals(NodeExecutor executor) {
    this.executor = executor;
  }

  @Override
  public Answer offered(String workload, GenerationId id) {
    return executor
        .find(workload)
        .map(host -> host.offered(id))
        .orElse(new Answer.Decline("this node does not run " + workload));
  }

  @Override
  public Optional<String> complete(Generation generation, long offeredBootNanos) {
    String workload = generation.manifest().workload();
    return executor
        .find(workload)
        .map(host -> host.receive(generation, offeredBootNanos))
        .orElse(Optional.of("this node does not run " + workload));
  }
}
