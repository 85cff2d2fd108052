// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab client}. */
@Command(
    name = "client",
    description = {
      "Run a command as the outside client: on the cluster's network, on no node.",
      "Its input, output and exit code are passed through."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "N:that of the command, 128 + N when signal N ended it",
      "1:it could not be run",
      "2:wrong use, or no such lab or node",
    },
    customSynopsis = "understudy lab client [--lab=NAME] -- CMD...")
final class LabClient implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0..*", arity = "1..*", paramLabel = "CMD", description = "What to run.")
  List<String> command = List.of();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    List<String> bare = Foreground.withoutMark(command);
    if (bare.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command to run?");
    }
    List<String> full;
    try (Lab lab = choice.open()) {
      full = lab.clientCommand(Path.of("").toAbsolutePath(), bare);
    }
    return Foreground.run(full);
  }
}
