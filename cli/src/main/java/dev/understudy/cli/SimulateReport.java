// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.simulator.Campaign;
import dev.understudy.simulator.RunResult;
import java.util.List;

/**
 * The document of {@code simulate --json}.
 *
 * @param seeds how many runs
 * @param virtualMinutes how long they lasted in their own time
 * @param events how much happened
 * @param eventsPerSecond on this machine, all threads together
 * @param violations broken rules, one a run at most
 * @param falseFailovers how often a healthy active lost its reign to another node
 * @param lapses how often an active lost its lease
 * @param traceHash fingerprint of everything that happened
 */
record SimulateReport(
    long seeds,
    double virtualMinutes,
    long events,
    long eventsPerSecond,
    List<Broken> violations,
    long falseFailovers,
    long lapses,
    String traceHash) {

  /**
   * A broken rule.
   *
   * @param rule its name
   * @param seed of the run
   * @param at true nanoseconds since the run began
   * @param text what happened
   */
  record Broken(String rule, long seed, long at, String text) {
    static Broken of(RunResult result) {
      var violation = result.violation().orElseThrow();
      return new Broken(violation.rule(), result.seed(), violation.atNanos(), violation.text());
    }
  }

  static SimulateReport of(Campaign.Result result) {
    return new SimulateReport(
        result.seeds(),
        Math.round(result.virtualNanos() / 6e8) / 100.0,
        result.events(),
        eventsPerSecond(result),
        result.failed().stream().map(Broken::of).toList(),
        result.falseFailovers(),
        result.lapses(),
        result.traceHash());
  }

  static long eventsPerSecond(Campaign.Result result) {
    return Math.round(result.events() * 1e9 / Math.max(1, result.wallNanos()));
  }
}
