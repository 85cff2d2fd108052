// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.api.control.WorkloadExplanation;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one node of a lab says of why it did, or did not, take a workload over.
 *
 * @param node its name
 * @param problem why it says nothing; empty when it does
 * @param explanation null when it says nothing
 */
public record NodeExplanation(
    String node, String problem, @Nullable WorkloadExplanation explanation) {

  static NodeExplanation ask(LabParts parts, String node, String workload) throws LabException {
    Optional<ProcessMark> init = parts.node(node).alive();
    if (init.isEmpty()) {
      return new NodeExplanation(node, "node " + node + " is crashed", null);
    }
    try {
      return new NodeExplanation(node, "", parts.control().explain(init.get(), workload));
    } catch (IOException e) {
      String problem = "the agent of node " + node + " does not answer: " + e.getMessage();
      return new NodeExplanation(node, problem, null);
    }
  }
}
