// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.lab.chaos.Chaos;
import dev.understudy.lab.chaos.ChaosReport;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabOptions;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code understudy lab chaos}. */
@Command(
    name = "chaos",
    description = {
      "Break something at random, again and again, under load, and check:",
      "no two nodes speak at once, who cannot renew its lease falls silent within it,",
      "and everything is whole again afterwards. Ends with 0 only if all of it was so.",
    })
final class LabChaos implements Callable<Integer> {
  private static final int FAULTS_MOST = 100_000;

  @Mixin LabChoice choice = new LabChoice();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Start the cluster of this file first, and take it away afterwards.")
  @Nullable Path file;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      description = "Whose active node and standby are struck (default: the first one).")
  @Nullable String workload;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many faults (default: 20).")
  int faults;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Repeats their order (default: 1).")
  long seed;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (faults < 1 || faults > FAULTS_MOST) {
      throw wrong("--faults must be from 1 to " + FAULTS_MOST + ", not " + faults);
    }
    Terminal terminal = Terminal.of(spec);
    try (Lab lab = file == null ? choice.openToChange() : started(file, terminal)) {
      ChaosReport report = new Chaos(lab, chosen(lab), terminal::progress).run(faults, seed);
      if (json) {
        terminal.json(report);
      } else {
        report.lines().forEach(terminal::line);
      }
      return report.good() ? 0 : Failures.FAILED;
    }
  }

  private Lab started(Path described, Terminal terminal) throws Exception {
    Cluster cluster = ClusterFile.read(described);
    Lab.requireHost();
    Tools tools = new ToolCache(terminal::progress).provide(ToolGroup.BASE);
    String name = choice.name == null ? cluster.name() : choice.name;
    return Lab.up(
        cluster,
        LabOptions.of(name, tools.criu(), tools.runc())
            .boundToThisProcess()
            .progress(terminal::progress));
  }

  private WorkloadSpec chosen(Lab lab) {
    String wanted = workload;
    return lab.cluster().workloads().stream()
        .filter(w -> wanted == null || w.name().equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            wrong(
                wanted == null
                    ? "Lab " + lab.name() + " has no workload."
                    : "Lab " + lab.name() + " has no workload " + wanted + "."));
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
