// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.api.control.WorkloadExplanation.Decision;
import dev.understudy.api.control.WorkloadExplanation.RuleFinding;
import dev.understudy.lab.cluster.NodeExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Explanations of several nodes, for people. */
final class ExplainText {
  private ExplainText() {}

  static void print(Terminal terminal, List<NodeExplanation> nodes, boolean json) {
    if (json) {
      terminal.json(nodes);
      return;
    }
    boolean first = true;
    for (NodeExplanation node : nodes) {
      if (!first) {
        terminal.line("");
      }
      first = false;
      @Nullable WorkloadExplanation explanation = node.explanation();
      if (explanation == null) {
        terminal.line(node.problem());
      } else {
        print(terminal, explanation);
      }
    }
  }

  private static void print(Terminal terminal, WorkloadExplanation e) {
    String active = e.activeNode().isEmpty() ? "knows no active" : "active: " + e.activeNode();
    terminal.line(
        "%s on %s: %s, %s, epoch %s"
            .formatted(e.workload(), e.node(), e.state(), active, e.epoch()));
    terminal.line("  now");
    findings(terminal, e.now());
    for (Decision decision : e.decisions()) {
      terminal.line("  " + ago(e.bootNanos() - decision.bootNanos()) + " ago: " + decision.text());
      findings(terminal, decision.findings());
    }
  }

  private static void findings(Terminal terminal, List<RuleFinding> findings) {
    List<List<String>> rows = new ArrayList<>();
    for (RuleFinding finding : findings) {
      rows.add(List.of("   ", finding.rule(), finding.against() ? "no:" : "ok:", finding.text()));
    }
    terminal.table(rows);
  }

  /** A time for people: the larger, the coarser. */
  static String ago(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.3f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 7_200
        ? "%d min %d s".formatted(whole / 60, whole % 60)
        : "%d h %d min".formatted(whole / 3_600, whole % 3_600 / 60);
  }
}
