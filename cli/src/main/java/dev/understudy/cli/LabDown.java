// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code understudy lab down}. */
@Command(
    name = "down",
    description = {
      "Take a lab away, or what a killed command left of it.",
      "It is no error when there is none."
    })
final class LabDown implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    List<String> known = choice.name == null ? Lab.known(LabChoice.root()) : List.of(choice.name);
    if (known.isEmpty()) {
      terminal.line("there is no lab to take down");
      return 0;
    }
    String name = choice.chosen(known);
    boolean done = Lab.down(LabChoice.root(), name);
    terminal.line(done ? "lab " + name + " is down" : "there is no lab " + name);
    return 0;
  }
}
