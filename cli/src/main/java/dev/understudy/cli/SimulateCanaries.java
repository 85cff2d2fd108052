// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.simulator.canary.Canaries;
import dev.understudy.simulator.canary.Canary;
import dev.understudy.simulator.canary.Hunt;
import dev.understudy.simulator.canary.StaleCanaryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code simulate --canaries}: whether the simulator finds what is planted. */
final class SimulateCanaries {
  private SimulateCanaries() {}

  /**
   * One row of the result.
   *
   * @param name of the canary
   * @param found whether a run broke a rule that the canary may break
   * @param seedsNeeded how many runs that took; 0 when none did
   * @param seedsMost how many there may be
   * @param rule the rule of the protocol that the canary breaks
   * @param broken the rule that the simulator saw broken; empty for none
   * @param what the fault, in one sentence
   */
  record Row(
      String name,
      boolean found,
      int seedsNeeded,
      int seedsMost,
      String rule,
      String broken,
      String what) {
    static Row of(Hunt.Result result) {
      Canary canary = result.canary();
      return new Row(
          canary.name(),
          result.asExpected(),
          result.seedsNeeded(),
          canary.seedsMost(),
          canary.rule(),
          result.rule(),
          canary.what());
    }
  }

  /**
   * The document, when nothing else was asked for.
   *
   * @param canaries all of them
   */
  record Report(List<Row> canaries) {}

  static List<Row> hunt(int threads, Terminal terminal)
      throws InterruptedException, StaleCanaryException {
    List<Row> rows = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Hunt.Result>> hunts = new ArrayList<>();
      for (Canary canary : Canaries.ALL) {
        hunts.add(pool.submit(() -> Hunt.of(canary)));
      }
      try {
        for (Future<Hunt.Result> hunt : hunts) {
          rows.add(Row.of(hunt.get()));
          terminal.progress(rows.size() + " of " + hunts.size() + " canaries hunted");
        }
      } catch (ExecutionException e) {
        pool.shutdownNow();
        if (e.getCause() instanceof StaleCanaryException stale) {
          throw stale;
        }
        throw new IllegalStateException("a canary came to no result: " + e.getCause(), e);
      }
    }
    return rows;
  }

  static boolean allFound(List<Row> rows) {
    return rows.stream().allMatch(Row::found);
  }

  static List<List<String>> table(List<Row> rows) {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("canary", "found", "after", "most", "rule", "as"));
    for (Row row : rows) {
      table.add(
          List.of(
              row.name(),
              row.found() ? "yes" : "NO",
              row.seedsNeeded() + " seeds",
              Integer.toString(row.seedsMost()),
              row.rule(),
              row.broken()));
    }
    return table;
  }
}
