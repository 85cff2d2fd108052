// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.simulator.Campaign;
import dev.understudy.simulator.Fault;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.RunResult;
import dev.understudy.simulator.Shrinker;
import dev.understudy.simulator.Simulation;
import dev.understudy.simulator.Violation;
import dev.understudy.simulator.Weather;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code simulate} says to people. */
final class SimulateText {
  private static final int SHRINKING_RUNS_MOST = 600;
  private static final int TRACE_LINES_MOST = 80;
  private static final int VIOLATIONS_SHOWN_MOST = 20;

  private SimulateText() {}

  static List<String> lines(Campaign.Options options, Campaign.Result result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d runs, %.1f virtual minutes, %d events in %.1f s: %d events/s",
            result.seeds(),
            result.virtualNanos() / 6e10,
            result.events(),
            result.wallNanos() / 1e9,
            SimulateReport.eventsPerSecond(result)));
    lines.add(
        result.failed().size()
            + " violations, "
            + result.falseFailovers()
            + " false failovers, "
            + result.lapses()
            + " lapses; trace hash "
            + result.traceHash());
    result.failed().stream()
        .limit(VIOLATIONS_SHOWN_MOST)
        .forEach(failed -> lines.add(broken(failed.seed(), failed.violation().orElseThrow())));
    result.falseFailoverSeeds().stream()
        .limit(VIOLATIONS_SHOWN_MOST)
        .forEach(seed -> lines.add("false failover: " + repeat(options, seed)));
    return lines;
  }

  private static String broken(long seed, Violation violation) {
    return "seed "
        + seed
        + " breaks "
        + violation.rule()
        + " at "
        + millis(violation.atNanos())
        + " ms: "
        + violation.text();
  }

  /** A failed run with as few faults as break the same rule, and how to see it again. */
  static List<String> shrunk(Campaign.Options options, RunResult failed, Model model) {
    Violation violation = failed.violation().orElseThrow();
    Shrinker.Shrunk shrunk =
        Shrinker.shrink(options.plan(failed.seed()), violation, model, SHRINKING_RUNS_MOST);
    List<String> lines = new ArrayList<>();
    lines.add("repeat: " + repeat(options, failed.seed()) + " --trace");
    lines.add("cluster: " + shrunk.plan().setup());
    lines.add(
        "with "
            + shrunk.plan().faults().size()
            + " faults left after "
            + shrunk.runs()
            + " runs, "
            + broken(failed.seed(), shrunk.violation()));
    for (Fault fault : shrunk.plan().faults()) {
      lines.add("  " + fault);
    }
    ArrayDeque<String> last = new ArrayDeque<>();
    Simulation.run(
        shrunk.plan(),
        model,
        (at, who, text) -> {
          last.add(line(at, who, text));
          if (last.size() > TRACE_LINES_MOST) {
            last.remove();
          }
        });
    lines.addAll(last);
    return lines;
  }

  private static String repeat(Campaign.Options options, long seed) {
    return "understudy simulate --seeds "
        + seed
        + " --minutes "
        + options.minutes()
        + (options.weather() == Weather.MILD ? " --mild" : "")
        + (options.single() ? " --single" : "");
  }

  static String line(long at, String who, String text) {
    return String.format(Locale.ROOT, "%12s ms  %-6s  %s", millis(at), who, text);
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%d.%03d", nanos / 1_000_000, nanos / 1_000 % 1_000);
  }
}
