// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.api.control.Json;
import dev.understudy.lab.bench.CountCluster;
import dev.understudy.lab.bench.LabStage;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.demo.Demo;
import dev.understudy.lab.demo.DemoReport;
import dev.understudy.lab.demo.DemoText;
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
      "Starts three nodes, protects a running program, crashes its node, and shows that a copy on"
          + " another node goes on with its state. Ends with 0 only if it did.",
    },
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  @Mixin MeasureOptions options = new MeasureOptions();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "8MiB",
      description = "memory of the program, at least 8MiB (default: 8MiB)")
  String memory = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "repeats the instant of the crash within the interval (default: random)")
  @Nullable Long seed;

  @Override
  public Integer call() {
    long bytes = options.memoryBytes(memory);
    SplittableRandom random = seed == null ? new SplittableRandom() : new SplittableRandom(seed);
    double phase = random.nextDouble();
    var timing = options.timing();
    long interval = options.intervalNanos();
    var program = options.countProgram();
    return Measuring.run(
        tools -> {
          CountCluster size =
              new CountCluster(
                  tools.python(),
                  tools.pythonHome(),
                  program,
                  bytes,
                  timing,
                  Strategy.MIRROR,
                  interval);
          Demo demo =
              new Demo(
                  LabStage.opener(tools, Measuring::progress), Time.HOST, Measuring::progress);
          DemoReport report = demo.run(size, phase);
          if (options.json) {
            System.out.println(Json.mapper().writeValueAsString(report));
          } else {
            DemoText.lines(report).forEach(System.out::println);
          }
          return report.recovered() ? 0 : Measuring.NOT_RECOVERED;
        });
  }
}
