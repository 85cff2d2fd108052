// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.runtime.GateAttachment;
import dev.understudy.agent.runtime.PodSandbox;
import dev.understudy.agent.runtime.SandboxPlaces;
import dev.understudy.agent.runtime.SandboxSpec;
import dev.understudy.api.cluster.WorkloadPods;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Path;

/** What this node has of a workload that Kubernetes starts. */
final class PodWorkload {
  private static final int ONE_ADDRESS = 32;

  private PodWorkload() {}

  /** The workload's Pod on that node, with the gate behind it. */
  static PodSandbox sandbox(
      WorkloadSpec workload,
      String node,
      Path containerd,
      SandboxPlaces places,
      GateAttachment gate,
      GateAttachment openGate)
      throws IOException {
    WorkloadPods pods = workload.pods().orElseThrow();
    WorkloadPods.Place place = pods.byNode().get(node);
    if (place == null) {
      throw new IllegalStateException(workload.name() + " has no Pod on " + node);
    }
    SandboxSpec spec =
        new SandboxSpec(
            workload.name(),
            Path.of("/"),
            pods.identity(),
            workload.address(),
            ONE_ADDRESS,
            workload.memoryLimitBytes());
    return PodSandbox.create(
        spec, places, containerd, place.uid(), pods.container(), gate, openGate);
  }
}
