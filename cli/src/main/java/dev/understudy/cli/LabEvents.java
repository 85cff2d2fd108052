// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.cluster.Lab;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab events}. */
@Command(name = "events", description = "Show what the agent of a node has recorded.")
final class LabEvents implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(
      names = "--after",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only events with a sequence number above N.")
  long after;

  @Option(names = "--json", description = "Print one JSON document: an array.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    try (Lab lab = choice.open()) {
      List<NodeEvent> events = lab.events(node, after);
      if (json) {
        terminal.json(events);
        return 0;
      }
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("N", "HOST TIME", "WORKLOAD", "EVENT", "DETAILS"));
      for (NodeEvent event : events) {
        double seconds = lab.hostBootNanos(node, event.bootNanos()) / 1e9;
        rows.add(
            List.of(
                Long.toString(event.sequence()),
                String.format(Locale.ROOT, "%.4f s", seconds),
                event.workload().isEmpty() ? "-" : event.workload(),
                event.kind(),
                String.join(
                    " ",
                    event.details().entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList())));
      }
      terminal.table(rows);
    }
    return 0;
  }
}
