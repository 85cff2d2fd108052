// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands that run a command somewhere in the Kubernetes lab. */
abstract class KubernetesRun extends RunThere {

  /** {@code understudy lab kubernetes kubectl}. */
  @Command(
      name = "kubectl",
      description = {
        "Run kubectl as an administrator of the cluster, in the present folder.",
        "Its input, output and exit code are passed through."
      },
      customSynopsis = "understudy lab kubernetes kubectl ARGUMENT...")
  static final class Kubectl extends KubernetesRun {
    @Parameters(
        index = "0..*",
        arity = "1..*",
        paramLabel = "ARGUMENT",
        description = "What to tell it, options included.")
    List<String> command = List.of();

    @Override
    List<String> command() {
      return command;
    }

    @Override
    List<String> full(List<String> bare) throws LabException {
      try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
        return lab.kubectlCommand(bare);
      }
    }
  }

  /** {@code understudy lab kubernetes exec}. */
  @Command(
      name = "exec",
      description = {
        "Run a command inside a node, in its root folder; containerd's ctr is on the path.",
        "Its input, output and exit code are passed through."
      },
      customSynopsis = "understudy lab kubernetes exec NODE -- CMD...")
  static final class InNode extends KubernetesRun {
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
      try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
        return lab.execCommand(node, bare);
      }
    }
  }

  /** {@code understudy lab kubernetes client}. */
  @Command(
      name = "client",
      description = {
        "Run a command as an outside client: it reaches nodes and Pods, but no Service.",
        "Its input, output and exit code are passed through."
      },
      customSynopsis = "understudy lab kubernetes client -- CMD...")
  static final class InClient extends KubernetesRun {
    @Parameters(index = "0..*", arity = "1..*", paramLabel = "CMD", description = "What to run.")
    List<String> command = List.of();

    @Override
    List<String> command() {
      return command;
    }

    @Override
    List<String> full(List<String> bare) throws LabException {
      try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
        return lab.clientCommand(Path.of("").toAbsolutePath(), bare);
      }
    }
  }
}
