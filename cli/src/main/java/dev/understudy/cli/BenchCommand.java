// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.Bench;
import dev.understudy.lab.bench.BenchOptions;
import dev.understudy.lab.bench.BenchReport;
import dev.understudy.lab.bench.BenchTable;
import dev.understudy.lab.bench.CountCluster;
import dev.understudy.lab.bench.LabStage;
import dev.understudy.lab.bench.Machine;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code understudy bench}: many failovers, counted. */
@Command(
    name = "bench",
    description = {
      "Crash the active node of a lab again and again and measure what a client sees.",
      "Ends with 0 only if the state survived every time.",
    })
final class BenchCommand implements Callable<Integer> {
  private static final int RUNS_MOST = 100_000;

  /** A young agent compiles its code for about a minute. */
  private static final BenchOptions.Watch WATCH =
      new BenchOptions.Watch(90_000_000_000L, 30_000_000_000L);

  @Mixin MeasureOptions options = new MeasureOptions();

  @Option(
      names = "--fault",
      paramLabel = "FAULT",
      defaultValue = Bench.NODE_CRASH,
      description = "What goes wrong; node-crash so far (default: node-crash).")
  String fault = "";

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      defaultValue = "mirror",
      description = "How the state comes back: mirror or state (default: mirror).")
  String strategy = "";

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "20",
      description = "Counted crashes for each memory size (default: 20).")
  int runs;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      split = ",",
      defaultValue = "8MiB",
      description = "Memory sizes of the program, as 8MiB,256MiB,1GiB (default: 8MiB).")
  List<String> memory = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Repeats the instants at which crashes strike (default: 1).")
  long seed;

  @Option(
      names = "--agents",
      description = {
        "Watch the agents afterwards while nothing fails, without and with checkpoints:",
        "processor time and memory, for about 5 minutes.",
      })
  boolean agents;

  @Override
  public Integer call() throws Exception {
    if (!fault.equals(Bench.NODE_CRASH)) {
      throw options.wrong("--fault must be node-crash, not " + fault);
    }
    Strategy kept =
        switch (strategy) {
          case "mirror" -> Strategy.MIRROR;
          case "state" -> Strategy.STATE;
          default -> throw options.wrong("--strategy must be mirror or state, not " + strategy);
        };
    if (runs < 1 || runs > RUNS_MOST) {
      throw options.wrong("--runs must be from 1 to " + RUNS_MOST + ", not " + runs);
    }
    List<Long> sizes = memory.stream().map(options::memoryBytes).distinct().toList();
    Timing timing = options.timing();
    long interval = options.intervalNanos();
    Path program = options.countProgram();
    Terminal terminal = Terminal.of(options.command());
    Lab.requireHost();
    Tools tools = new ToolCache(terminal::progress).provide(ToolGroup.PYTHON);
    List<CountCluster> clusters =
        sizes.stream()
            .map(bytes -> cluster(tools, program, bytes, timing, kept, interval))
            .toList();
    Machine machine =
        Machine.here(tools.versions().getOrDefault("criu", "unknown"), options.sources());
    Bench bench =
        new Bench(LabStage.opener(tools, terminal::progress), Time.HOST, terminal::progress);
    Optional<BenchOptions.Watch> watch = agents ? Optional.of(WATCH) : Optional.empty();
    BenchReport report = bench.run(new BenchOptions(clusters, runs, seed, watch), machine);
    if (options.json) {
      terminal.json(report);
    } else {
      BenchTable.lines(report).forEach(terminal::line);
    }
    return report.allRecovered() ? 0 : Failures.FAILED;
  }

  private static CountCluster cluster(
      Tools tools, Path program, long bytes, Timing timing, Strategy strategy, long interval) {
    return new CountCluster(
        tools.python(), tools.pythonHome(), program, bytes, timing, strategy, interval);
  }
}
