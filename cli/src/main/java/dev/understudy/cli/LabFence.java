// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab fence}. */
@Command(
    name = "fence",
    description = {
      "Vouch that a crashed node can have no effect any more:",
      "a pair that prefers consistency takes over on this word."
    })
final class LabFence implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "WORKLOAD", description = "The workload.")
  String workload = "";

  @Parameters(index = "1", paramLabel = "NODE", description = "The node that is off.")
  String node = "";

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.openToChange()) {
      List<String> told = lab.fence(workload, node);
      String whom = told.isEmpty() ? "nobody, no node of its group is up" : String.join(", ", told);
      Terminal.of(spec).line("told that node " + node + " is fenced: " + whom);
    }
    return 0;
  }
}
