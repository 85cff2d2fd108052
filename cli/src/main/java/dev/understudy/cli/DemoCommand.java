// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.CountCluster;
import dev.understudy.lab.bench.LabStage;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.demo.Demo;
import dev.understudy.lab.demo.DemoReport;
import dev.understudy.lab.demo.DemoText;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code understudy demo}: one failover, told as a story. */
@Command(
    name = "demo",
    description = {
      "Start three nodes, protect a running program, crash its node, and show that a copy on"
          + " another node goes on with its state.",
      "Ends with 0 only if it did.",
    })
final class DemoCommand implements Callable<Integer> {
  @Mixin MeasureOptions options = new MeasureOptions();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "8MiB",
      description = "Memory of the program, at least 8MiB (default: 8MiB).")
  String memory = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Repeats the instant of the crash within the interval (default: random).")
  @Nullable Long seed;

  @Override
  public Integer call() throws Exception {
    long bytes = options.memoryBytes(memory);
    SplittableRandom random = seed == null ? new SplittableRandom() : new SplittableRandom(seed);
    double phase = random.nextDouble();
    Timing timing = options.timing();
    long interval = options.intervalNanos();
    Path program = options.countProgram();
    Terminal terminal = Terminal.of(options.command());
    Lab.requireHost();
    Tools tools = new ToolCache(terminal::progress).provide(ToolGroup.PYTHON);
    CountCluster size =
        new CountCluster(
            tools.python(), tools.pythonHome(), program, bytes, timing, Strategy.MIRROR, interval);
    Demo demo = new Demo(LabStage.opener(tools, terminal::progress), Time.HOST, terminal::progress);
    DemoReport report = demo.run(size, phase);
    if (options.json) {
      terminal.json(report);
    } else {
      DemoText.lines(report).forEach(terminal::line);
    }
    return report.recovered() ? 0 : Failures.FAILED;
  }
}
