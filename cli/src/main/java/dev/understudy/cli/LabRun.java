// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Commands that run a command somewhere in a lab. */
abstract class LabRun extends RunThere {
  @Mixin LabChoice choice = new LabChoice();

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
    List<String> full(List<String> bare) throws LabException {
      try (Lab lab = choice.open()) {
        return lab.execCommand(node, bare);
      }
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
    List<String> full(List<String> bare) throws LabException {
      try (Lab lab = choice.open()) {
        return lab.clientCommand(Path.of("").toAbsolutePath(), bare);
      }
    }
  }
}
