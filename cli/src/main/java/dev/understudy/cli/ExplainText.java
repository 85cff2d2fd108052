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

  static void print(Console console, List<NodeExplanation> nodes, boolean json) {
    if (json) {
      console.json(nodes);
      return;
    }
    boolean first = true;
    for (NodeExplanation node : nodes) {
      if (!first) {
        console.line("");
      }
      first = false;
      @Nullable WorkloadExplanation explanation = node.explanation();
      if (explanation == null) {
        console.line(node.problem());
      } else {
        print(console, explanation);
      }
    }
  }

  private static void print(Console console, WorkloadExplanation e) {
    String active = e.activeNode().isEmpty() ? "knows no active" : "active: " + e.activeNode();
    console.line(
        "%s on %s: %s, %s, epoch %s"
            .formatted(e.workload(), e.node(), e.state(), active, e.epoch()));
    console.line("  now");
    findings(console, e.now());
    for (Decision decision : e.decisions()) {
      console.line("  " + ago(e.bootNanos() - decision.bootNanos()) + " ago: " + decision.text());
      findings(console, decision.findings());
    }
  }

  private static void findings(Console console, List<RuleFinding> findings) {
    List<List<String>> rows = new ArrayList<>();
    for (RuleFinding finding : findings) {
      rows.add(List.of("   ", finding.rule(), finding.against() ? "no:" : "ok:", finding.text()));
    }
    console.table(rows);
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
