// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.console.Collector;
import dev.understudy.console.DatabaseAddress;
import dev.understudy.console.RecordStore;
import dev.understudy.lab.cluster.Lab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code understudy console}. */
@Command(
    name = "console",
    description = {
      "Collect the figures of each checkpoint, restore and failover of a lab into a database,",
      "until it is interrupted. Nodes and the database may be away in the meantime."
    })
final class ConsoleCommand implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Mixin DatabaseChoice database = new DatabaseChoice();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    DatabaseAddress address = database.address();
    if (address instanceof DatabaseAddress.Off) {
      terminal.line("The database is off: nothing is collected.");
      return 0;
    }
    String name;
    try (Lab lab = choice.open()) {
      name = lab.name();
    }
    // A wrong address or password is said at once; later, the database may be away.
    RecordStore.open(address).close();
    LabAgents agents = LabAgents.of(LabChoice.root(), name);
    Collector collector = new Collector(name, agents, address, terminal::progress);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(terminal, collector), "end"));
    collector.start();
    terminal.progress(
        "collects the records of lab %s, nodes %s, into %s; end it with Ctrl-C"
            .formatted(name, String.join(", ", agents.nodes()), address));
    collector.await();
    return 0;
  }

  private static void end(Terminal terminal, Collector collector) {
    collector.close();
    terminal.progress("collected " + collector.kept() + " records");
  }
}
