// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab start-node}. */
@Command(
    name = "start-node",
    description = "Start a crashed node again, with its disk, and wait until its agent answers.")
final class LabStartNode implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.openToChange()) {
      lab.start(node);
      lab.awaitAgent(node);
      Console.of(spec).line("node " + node + " is up");
    }
    return 0;
  }
}
