// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.api.control.Json;
import dev.understudy.simulator.Campaign;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.RunResult;
import dev.understudy.simulator.Simulation;
import dev.understudy.simulator.Weather;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code understudy simulate}: the protocol in virtual clusters that everything happens to. */
@Command(
    name = "simulate",
    description = {
      "Run the failover protocol in virtual clusters, with faults drawn from seeds.",
      "Ends with 0 only if no rule was broken.",
    })
final class SimulateCommand implements Callable<Integer> {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");
  private static final long SEEDS_MOST = 10_000_000;
  private static final int MINUTES_MOST = 1_000;
  private static final int THREADS_MOST = 1_024;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      defaultValue = "1..100",
      description = "One run for each seed from A to B (default: 1..100).")
  String seeds = "";

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "2",
      description = "Virtual minutes of faults in each run (default: 2).")
  int minutes;

  @Option(
      names = "--mild",
      description = "Only pauses, delays and losses that the protocol's times are made for.")
  boolean mild;

  @Option(
      names = "--single",
      description = {
        "Leave out groups in which two may be active because their user wants it so",
        "(prefer: availability, withoutQuorum: continue).",
      })
  boolean single;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Runs at once (default: one for each processor).")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--trace", description = "Tell one run line by line; needs one seed.")
  boolean trace;

  @Option(
      names = "--figures",
      description = "Measure failovers and lapses instead; of the seeds the first counts.")
  boolean figures;

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description = "Play a story and compare it to what its file says, instead.")
  @Nullable Path scenario;

  @Option(
      names = "--canaries",
      description = {
        "Look whether faults that are planted into the protocol are found.",
        "Alone, or after the runs of --seeds.",
      })
  boolean canaries;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Campaign.Options options = options();
    Terminal terminal = Terminal.of(spec);
    if (scenario != null) {
      return SimulateScenario.play(scenario, terminal);
    }
    if (canaries && !spec.commandLine().getParseResult().hasMatchedOption("--seeds")) {
      return huntOnly(terminal);
    }
    if (figures) {
      return SimulateFigures.run(options, terminal, json);
    }
    if (trace) {
      return traceOne(options, terminal);
    }
    Campaign.Result result =
        Campaign.run(
            options,
            Model.REAL,
            (done, events, failed) ->
                terminal.progress(
                    done
                        + " of "
                        + options.seeds()
                        + " seeds, "
                        + events
                        + " events, "
                        + failed
                        + " violations"));
    List<SimulateCanaries.Row> hunted =
        canaries ? SimulateCanaries.hunt(threads, terminal) : List.of();
    if (json) {
      ObjectNode report = Json.mapper().valueToTree(SimulateReport.of(result));
      if (canaries) {
        report.set("canaries", Json.mapper().valueToTree(hunted));
      }
      terminal.json(report);
    } else {
      SimulateText.lines(options, result).forEach(terminal::line);
      if (canaries) {
        terminal.table(SimulateCanaries.table(hunted));
      }
    }
    for (RunResult failed : result.failed().stream().limit(1).toList()) {
      SimulateText.shrunk(options, failed, Model.REAL).forEach(terminal.err()::println);
    }
    boolean ok =
        result.failed().isEmpty()
            && (!mild || result.falseFailovers() == 0)
            && SimulateCanaries.allFound(hunted);
    return ok ? 0 : Failures.FAILED;
  }

  private Integer huntOnly(Terminal terminal) throws Exception {
    List<SimulateCanaries.Row> hunted = SimulateCanaries.hunt(threads, terminal);
    if (json) {
      terminal.json(new SimulateCanaries.Report(hunted));
    } else {
      terminal.table(SimulateCanaries.table(hunted));
    }
    return SimulateCanaries.allFound(hunted) ? 0 : Failures.FAILED;
  }

  private Integer traceOne(Campaign.Options options, Terminal terminal) {
    RunResult result =
        Simulation.run(
            options.plan(options.firstSeed()),
            Model.REAL,
            (at, who, text) -> terminal.line(SimulateText.line(at, who, text)));
    return result.violation().isEmpty() ? 0 : Failures.FAILED;
  }

  private Campaign.Options options() {
    Matcher range = RANGE.matcher(seeds);
    if (!range.matches()) {
      throw wrong("--seeds must be a range of numbers, as 1..1000, not " + seeds);
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
    if (last < first || last - first >= SEEDS_MOST) {
      throw wrong("--seeds must go up, over at most " + SEEDS_MOST + " seeds, not " + seeds);
    }
    if (minutes < 1 || minutes > MINUTES_MOST) {
      throw wrong("--minutes must be from 1 to " + MINUTES_MOST + ", not " + minutes);
    }
    if (threads < 1 || threads > THREADS_MOST) {
      throw wrong("--threads must be from 1 to " + THREADS_MOST + ", not " + threads);
    }
    if (trace && (first != last || json || figures)) {
      throw wrong("--trace tells one run in words: give one seed, as --seeds 7, and no --json.");
    }
    if (scenario != null && (canaries || trace || figures || json)) {
      throw wrong("--scenario plays one file as text: give it alone.");
    }
    if (canaries && (trace || figures || mild)) {
      throw wrong("--canaries goes with --seeds, --minutes, --threads and --json only.");
    }
    return new Campaign.Options(
        first, last, minutes, mild ? Weather.MILD : Weather.ROUGH, single, threads);
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
