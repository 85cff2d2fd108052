// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Crash;
import dev.understudy.lab.cluster.Lab;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab crash-node}. */
@Command(
    name = "crash-node",
    description = "Take a node's power away: cut its link, then kill every process of it.")
final class LabCrashNode implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    try (Lab lab = choice.openToChange()) {
      Crash crash = lab.crash(node);
      print(terminal, crash, json);
    }
    return 0;
  }

  static void print(Terminal terminal, Crash crash, boolean json) {
    if (json) {
      terminal.json(crash);
      return;
    }
    double millis = (crash.killedNanos() - crash.beginNanos()) / 1e6;
    terminal.line(
        String.format(
            Locale.ROOT,
            "node %s crashed (link cut, then killed, in %.1f ms)",
            crash.node(),
            millis));
  }
}
