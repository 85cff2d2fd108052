// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabOptions;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy lab up}. */
@Command(
    name = "up",
    description = {
      "Start the cluster of a file and wait until every agent answers.",
      "It stays until \"understudy lab down\"."
    })
final class LabUp implements Callable<Integer> {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The cluster file.")
  Path file = Path.of("cluster.yaml");

  @Option(
      names = "--lab",
      paramLabel = "NAME",
      description = "A name for the lab; the cluster's own if it is not given.")
  @Nullable String name;

  @Option(names = "--json", description = "Print one JSON document: the lab's status.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    Cluster cluster = ClusterFile.read(file);
    Lab.requireHost();
    Tools tools = new ToolCache(terminal::progress).provide(ToolGroup.BASE);
    String lab = name == null ? cluster.name() : name;
    LabOptions options =
        LabOptions.of(lab, tools.criu(), tools.runc()).progress(terminal::progress);
    try (Lab started = Lab.up(cluster, options);
        HandOver handOver = HandOver.begin(started.name(), terminal)) {
      StatusText.print(terminal, started.status(), json);
      if (!cluster.workloads().isEmpty()) {
        terminal.progress(
            "the workloads start now; \"lab status\" tells who is active and who holds a copy");
      }
      handOver.done();
    }
    return 0;
  }
}
