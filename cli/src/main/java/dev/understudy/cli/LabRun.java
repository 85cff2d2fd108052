// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that run a command somewhere in a lab, in this one's place. */
@Command(
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "N:that of the command, 128 + N when signal N ended it",
      "1:it could not be run",
      "2:wrong use, or no such lab or node",
    })
abstract class LabRun implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Spec CommandSpec spec = CommandSpec.create();

  /** What to run, as picocli hands it over. */
  abstract List<String> command();

  /** The command line that gets there. */
  abstract List<String> full(Lab lab, List<String> bare) throws LabException;

  @Override
  public Integer call() throws Exception {
    List<String> bare = Foreground.withoutMark(command());
    if (bare.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command to run?");
    }
    List<String> full;
    try (Lab lab = choice.open()) {
      full = full(lab, bare);
    }
    return Foreground.run(full);
  }

  /** {@code understudy lab exec}. */
  @Command(
      name = "exec",
      description = {
        "Run a command inside a node, in its root folder.",
        "Its input, output and exit code are passed through."
      },
      customSynopsis = "understudy lab exec [--lab=NAME] NODE -- CMD...")
  static final class InNode extends LabRun {
    @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
    String node = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "What to run.")
    List<String> command = List.of();

    @Override
    List<String> command() {
      return command;
    }

    @Override
    List<String> full(Lab lab, List<String> bare) throws LabException {
      return lab.execCommand(node, bare);
    }
  }

  /** {@code understudy lab client}. */
  @Command(
      name = "client",
      description = {
        "Run a command as the outside client: on the cluster's network, on no node.",
        "Its input, output and exit code are passed through."
      },
      customSynopsis = "understudy lab client [--lab=NAME] -- CMD...")
  static final class InClient extends LabRun {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "CMD", description = "What to run.")
    List<String> command = List.of();

    @Override
    List<String> command() {
      return command;
    }

    @Override
    List<String> full(Lab lab, List<String> bare) throws LabException {
      return lab.clientCommand(Path.of("").toAbsolutePath(), bare);
    }
  }
}
