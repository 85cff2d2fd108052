// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group {@code understudy lab kubernetes}. */
@Command(
    name = "kubernetes",
    description = "A real Kubernetes of three nodes on this machine, without a container engine.",
    subcommands = {
      KubernetesUp.class,
      KubernetesStatusCommand.class,
      KubernetesRun.Kubectl.class,
      KubernetesRun.InNode.class,
      KubernetesRun.InClient.class,
      KubernetesImage.class,
      KubernetesDeploy.Deploy.class,
      KubernetesDeploy.Undeploy.class,
      KubernetesCrashNode.class,
      KubernetesStartNode.class,
      KubernetesChange.Isolate.class,
      KubernetesChange.Heal.class,
      KubernetesChange.StopApiserver.class,
      KubernetesChange.StartApiserver.class,
      KubernetesLogs.class,
      KubernetesDown.class
    })
final class KubernetesCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which command of the Kubernetes lab? " + Main.names(spec));
  }
}
