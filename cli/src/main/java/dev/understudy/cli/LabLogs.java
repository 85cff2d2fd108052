// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab logs}. */
@Command(
    name = "logs",
    description = "Print what the agent of a node, or a workload there, has written.")
final class LabLogs implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "WORKLOAD",
      description = "The workload; without it, the agent.")
  @Nullable String workload;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.open()) {
      Path log = workload == null ? lab.agentLog(node) : lab.workloadLog(node, workload);
      if (!Files.exists(log)) {
        String who = workload == null ? "the agent" : "workload " + workload;
        Terminal.of(spec).progress(who + " has written nothing on node " + node);
        return 0;
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(new String(Files.readAllBytes(log), StandardCharsets.UTF_8));
      out.flush();
    }
    return 0;
  }
}
