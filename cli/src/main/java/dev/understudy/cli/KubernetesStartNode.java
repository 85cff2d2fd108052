// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.kubernetes.KubernetesLab;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes start-node}. */
@Command(
    name = "start-node",
    description = "Start a crashed node again, with its disk, and wait until it is Ready.")
final class KubernetesStartNode implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(
      names = "--no-wait",
      description = "Do not wait, as when the API server is stopped and nobody could tell.")
  boolean noWait;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (KubernetesLab lab = KubernetesLab.attachToChange(LabChoice.root())) {
      Instant before = Instant.now();
      lab.start(node);
      if (!noWait) {
        lab.awaitReady(node, before);
      }
      Terminal.of(spec).line("node " + node + (noWait ? " has power" : " is Ready"));
    }
    return 0;
  }
}
