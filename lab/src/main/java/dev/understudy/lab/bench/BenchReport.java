// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.util.List;

/**
 * The document of a benchmark.
 *
 * @param machine what it ran on
 * @param profile name of the timing profile
 * @param intervalMs checkpoint interval that was asked for
 * @param seed of the phases
 * @param warmUpRuns trials for each size that were made first and are not counted
 * @param rows a size each
 * @param agents a size and node each
 */
public record BenchReport(
    Machine machine,
    String profile,
    double intervalMs,
    long seed,
    int warmUpRuns,
    List<Row> rows,
    List<AgentRow> agents) {

  /**
   * The trials with one memory size.
   *
   * @param runs that were counted, failed ones included
   * @param recovered of these, the runs in which the state survived
   * @param outageMs what the client saw
   * @param detectionMs from the fault to the election
   * @param wakeMs from the election to the first good answer
   * @param firstAnswerMs from SIGCONT to the first good answer
   * @param pauseMs what the client saw of a checkpoint
   * @param stallMs gaps above the usual that no checkpoint explains
   * @param probeGapMs longest time between two requests of the probe during the outage
   * @param ticksLost that a client had seen and that were gone
   * @param stateAgeMs age of the copy when it was woken
   * @param failures why runs did not recover, a sentence each
   */
  public record Row(
      String strategy,
      String fault,
      long memoryBytes,
      int runs,
      int recovered,
      Figures outageMs,
      Figures detectionMs,
      Figures wakeMs,
      Figures firstAnswerMs,
      Figures pauseMs,
      Figures stallMs,
      Figures probeGapMs,
      Figures ticksLost,
      Figures stateAgeMs,
      List<String> failures) {}

  /**
   * One agent while nothing fails.
   *
   * @param strategy of the workload: with restart there are heartbeats only
   * @param memoryBytes of the workload
   * @param role of its node
   * @param cpuPercent of one core, by the agent's own threads
   * @param childrenCpuPercent of one core, by the programs that it calls
   */
  public record AgentRow(
      String strategy,
      String node,
      String role,
      long memoryBytes,
      long rssBytes,
      double cpuPercent,
      double childrenCpuPercent) {}

  /** Whether every counted run recovered. */
  public boolean allRecovered() {
    return rows.stream().allMatch(row -> row.recovered() == row.runs());
  }
}
