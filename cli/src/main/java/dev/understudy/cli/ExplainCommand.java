// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.NodeExplanation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy explain}. */
@Command(
    name = "explain",
    description = {
      "Say by each rule why a node did, or did not, take a workload over:",
      "what applies now, and what applied at its last decisions."
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "WORKLOAD", description = "The workload.")
  String workload = "";

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description = "Ask this node only; otherwise every node of the workload's group.")
  @Nullable String node;

  @Option(names = "--json", description = "Print one JSON document: an array.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.open()) {
      List<NodeExplanation> nodes = lab.explain(workload, Optional.ofNullable(node));
      ExplainText.print(Terminal.of(spec), nodes, json);
    }
    return 0;
  }
}
