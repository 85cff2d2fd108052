// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group {@code understudy lab}. */
@Command(
    name = "lab",
    description = "A whole cluster on this machine: namespaces as nodes, real agents.",
    subcommands = {
      LabUp.class,
      LabStatusCommand.class,
      LabRun.InNode.class,
      LabRun.InClient.class,
      LabCrashNode.class,
      LabChange.StartNode.class,
      LabRestartAgent.class,
      LabFence.class,
      LabChange.Isolate.class,
      LabChange.Heal.class,
      LabFault.class,
      LabChaos.class,
      LabEvents.class,
      LabLogs.class,
      LabDown.class
    })
final class LabCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which command of the lab? " + Main.names(spec));
  }
}
