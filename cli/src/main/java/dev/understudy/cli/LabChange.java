// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that change one node of a lab and say how it is then. */
abstract class LabChange implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Spec CommandSpec spec = CommandSpec.create();

  private final Change change;
  private final String outcome;

  /** What is done to the node. */
  interface Change {
    void run(Lab lab, String node) throws LabException;
  }

  private LabChange(Change change, String outcome) {
    this.change = change;
    this.outcome = outcome;
  }

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.openToChange()) {
      change.run(lab, node);
      Terminal.of(spec).line("node " + node + " " + outcome);
    }
    return 0;
  }

  /** {@code understudy lab start-node}. */
  @Command(
      name = "start-node",
      description = "Start a crashed node again, with its disk, and wait until its agent answers.")
  static final class StartNode extends LabChange {
    StartNode() {
      super(
          (lab, node) -> {
            lab.start(node);
            lab.awaitAgent(node);
          },
          "is up");
    }
  }

  /** {@code understudy lab isolate}. */
  @Command(name = "isolate", description = "Cut a node's link at the switch; its processes go on.")
  static final class Isolate extends LabChange {
    Isolate() {
      super(Lab::isolate, "is isolated");
    }
  }

  /** {@code understudy lab heal}. */
  @Command(
      name = "heal",
      description = {
        "Restore the link of an isolated node.",
        "Also ends what a killed \"lab fault\" left at the switch."
      })
  static final class Heal extends LabChange {
    Heal() {
      super(Lab::heal, "is connected");
    }
  }
}
