// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import dev.understudy.api.cluster.Units;
import dev.understudy.lab.bench.BenchReport.AgentRow;
import dev.understudy.lab.bench.BenchReport.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A benchmark as text for people. */
public final class BenchTable {
  private BenchTable() {}

  /** Lines without line ends. */
  public static List<String> lines(BenchReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(machine(report.machine()));
    lines.add(
        format(
            ROOT,
            "profile %s, checkpoint every %.0f ms, seed %d; %d warm-up run a size, not counted;"
                + " times in ms",
            report.profile(),
            report.intervalMs(),
            report.seed(),
            report.warmUpRuns()));
    for (Row row : report.rows()) {
      lines.add("");
      lines.addAll(rowLines(row));
    }
    if (!report.agents().isEmpty()) {
      lines.add("");
      lines.addAll(agentLines(report.agents()));
    }
    return lines;
  }

  private static List<String> agentLines(List<AgentRow> agents) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            ROOT,
            "%-9s %-6s %-8s %10s %10s %8s %12s",
            "strategy",
            "agent",
            "role",
            "workload",
            "RSS MB",
            "CPU %",
            "children %"));
    for (AgentRow agent : agents) {
      lines.add(
          format(
              ROOT,
              "%-9s %-6s %-8s %10s %10.1f %8.2f %12.2f",
              agent.strategy(),
              agent.node(),
              agent.role(),
              Units.bytesText(agent.memoryBytes()),
              agent.rssBytes() / 1e6,
              agent.cpuPercent(),
              agent.childrenCpuPercent()));
    }
    lines.add(
        "CPU in percent of one core while nothing fails: restart, heartbeats only; mirror, with"
            + " checkpoints. Children: CRIU and runc.");
    return lines;
  }

  private static String machine(Machine machine) {
    return format(
        ROOT,
        "%d cores (%s), %.1f GiB, Linux %s, Java %s, CRIU %s, commit %s, %s",
        machine.cores(),
        machine.cpuModel(),
        machine.memoryBytes() / (double) (1L << 30),
        machine.kernel(),
        machine.java(),
        machine.criu(),
        machine.commit(),
        machine.date());
  }

  private static List<String> rowLines(Row row) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            ROOT,
            "%s, %s, %s: %d of %d runs recovered",
            row.strategy(),
            row.fault(),
            Units.bytesText(row.memoryBytes()),
            row.recovered(),
            row.runs()));
    lines.add(format(ROOT, "  %-34s %10s %10s %10s %8s", "", "p50", "p99", "max", "values"));
    lines.add(figures("outage", row.outageMs()));
    lines.add(figures("  detection (fault to election)", row.detectionMs()));
    lines.add(figures("  wake (election to first answer)", row.wakeMs()));
    lines.add(figures("    SIGCONT to first answer", row.firstAnswerMs()));
    lines.add(figures("pause by a checkpoint", row.pauseMs()));
    lines.add(figures("other gap above the usual", row.stallMs()));
    lines.add(figures("requests apart during the outage", row.probeGapMs()));
    lines.add(figures("ticks lost", row.ticksLost()));
    lines.add(figures("age of the copy", row.stateAgeMs()));
    if (row.outageMs().values() < Figures.P99_NEEDS) {
      lines.add("  With fewer than " + Figures.P99_NEEDS + " values, p99 is the maximum.");
    }
    for (String failure : row.failures()) {
      lines.add("  not recovered: " + failure);
    }
    return lines;
  }

  private static String figures(String name, Figures figures) {
    return format(
        ROOT,
        "  %-34s %10s %10s %10s %8d",
        name,
        number(figures.p50()),
        number(figures.p99()),
        number(figures.max()),
        figures.values());
  }

  private static String number(@Nullable Double value) {
    return value == null ? "-" : format(ROOT, "%.1f", value);
  }
}
