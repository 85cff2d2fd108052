// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Crash;
import dev.understudy.lab.kubernetes.KubernetesLab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes crash-node}. */
@Command(
    name = "crash-node",
    description = "Take a node's power away: cut its link, then kill every process of it.")
final class KubernetesCrashNode implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    try (KubernetesLab lab = KubernetesLab.attachToChange(LabChoice.root())) {
      Crash crash = lab.crash(node);
      LabCrashNode.print(terminal, crash, json);
    }
    return 0;
  }
}
