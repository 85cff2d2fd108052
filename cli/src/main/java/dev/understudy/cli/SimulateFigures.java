// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.core.timing.Timing;
import dev.understudy.simulator.Campaign;
import dev.understudy.simulator.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code simulate --figures}: how long failovers take, and how often a healthy active lapses. */
final class SimulateFigures {
  private static final int CRASHES = 1_000;
  private static final int HOURS = 10;
  private static final long LATE_NANOS = 5_000_000;
  private static final List<Timing> PROFILES = List.of(Timing.STANDARD, Timing.FAST);

  private SimulateFigures() {}

  /**
   * One row of the result.
   *
   * @param profile of the times
   * @param timersLateMs by how much timers came late at most
   * @param crashes of the active
   * @param p50Ms from a crash to the next open gate, half of them
   * @param p99Ms all but one in a hundred
   * @param mostMs the longest
   * @param hours without faults
   * @param lapses in these hours
   */
  record Row(
      String profile,
      double timersLateMs,
      int crashes,
      double p50Ms,
      double p99Ms,
      double mostMs,
      int hours,
      long lapses) {}

  /**
   * The document.
   *
   * @param figures one for each profile and lateness
   */
  record Report(List<Row> figures) {}

  static int run(Campaign.Options options, Terminal terminal, boolean json)
      throws InterruptedException, ExecutionException {
    List<Row> rows = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(options.threads())) {
      List<Future<Row>> measured = new ArrayList<>();
      for (Timing timing : PROFILES) {
        for (long late : List.of(timing.latenessNanos(), LATE_NANOS)) {
          measured.add(threads.submit(() -> measure(timing, options.firstSeed(), late)));
        }
      }
      for (Future<Row> row : measured) {
        rows.add(row.get());
        terminal.progress(rows.size() + " of " + measured.size() + " measured");
      }
    }
    if (json) {
      terminal.json(new Report(List.copyOf(rows)));
    } else {
      terminal.table(table(rows));
    }
    return 0;
  }

  private static Row measure(Timing timing, long seed, long lateNanos) {
    Figures.Failovers failovers = Figures.failovers(timing, seed, CRASHES, lateNanos);
    long lapses = Figures.lapses(timing, seed, HOURS, lateNanos);
    return new Row(
        timing.profile(),
        lateNanos / 1e6,
        CRASHES,
        failovers.p50Nanos() / 1e6,
        failovers.p99Nanos() / 1e6,
        failovers.mostNanos() / 1e6,
        HOURS,
        lapses);
  }

  private static List<List<String>> table(List<Row> rows) {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("profile", "timers late", "p50", "p99", "most", "lapses"));
    for (Row row : rows) {
      table.add(
          List.of(
              row.profile(),
              millis(row.timersLateMs()),
              millis(row.p50Ms()),
              millis(row.p99Ms()),
              millis(row.mostMs()),
              row.lapses() + " in " + row.hours() + " h"));
    }
    return table;
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.1f ms", value);
  }
}
