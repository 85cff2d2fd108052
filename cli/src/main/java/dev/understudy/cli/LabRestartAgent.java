// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab restart-agent}. */
@Command(
    name = "restart-agent",
    description = {
      "Restart a node's agent while what is active there goes on,",
      "and wait until everything is as before."
    })
final class LabRestartAgent implements Callable<Integer> {
  private static final int SECONDS_LEAST = 2;
  private static final int SECONDS_MOST = 60;

  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(
      names = "--lease",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Programs may go on for so long without an agent, 2 to 60 (20).")
  int seconds;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (seconds < SECONDS_LEAST || seconds > SECONDS_MOST) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--lease is %d; write %d to %d seconds.".formatted(seconds, SECONDS_LEAST, SECONDS_MOST));
    }
    try (Lab lab = choice.openToChange()) {
      List<String> goingOn = lab.restartAgent(node, seconds * 1_000L);
      String what = goingOn.isEmpty() ? "nothing was active there" : String.join(", ", goingOn);
      String went = goingOn.isEmpty() ? what : what + " went on";
      Terminal.of(spec).line("the agent of node " + node + " was restarted; " + went);
    }
    return 0;
  }
}
