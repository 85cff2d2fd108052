// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.ReignNews;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.ReignWatch;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy watch}. */
@Command(
    name = "watch",
    description = {
      "Subscribe to all agents and print who is active, a line for each new reign,",
      "until interrupted."
    })
final class WatchCommand implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "WORKLOAD",
      description = "Only this workload.")
  @Nullable String workload;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "End after so long; otherwise when interrupted.")
  long seconds;

  @Option(names = "--json", description = "Print each line as a JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (seconds < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--for is " + seconds + "; write a number of seconds.");
    }
    try (Lab lab = choice.open()) {
      if (workload != null) {
        lab.requireWorkload(workload);
      }
      try (ReignWatch watch = lab.watch(this::print)) {
        watch.listen(seconds == 0 ? Long.MAX_VALUE : seconds * 1_000);
      }
    }
    return 0;
  }

  private void print(ReignNews news) {
    if (workload != null && !news.workload().equals(workload)) {
      return;
    }
    Terminal.of(spec).line(json ? document(news) : text(news));
  }

  private static String text(ReignNews news) {
    return news.workload() + " is active on " + news.activeNode() + " in epoch " + news.epochText();
  }

  private static String document(ReignNews news) {
    try {
      return Json.mapper().writeValueAsString(news);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of ours cannot be written: " + news, e);
    }
  }
}
