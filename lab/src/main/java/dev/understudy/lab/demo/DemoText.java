// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.demo;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import dev.understudy.api.cluster.Units;
import dev.understudy.lab.bench.Phase;
import java.util.ArrayList;
import java.util.List;

/** A demo as text for people. */
public final class DemoText {
  private DemoText() {}

  /** Lines without line ends. */
  public static List<String> lines(DemoReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            ROOT,
            "Node %s crashed; %s of memory, profile %s, a checkpoint every %.0f ms.",
            report.formerActive(),
            Units.bytesText(report.memoryBytes()),
            report.profile(),
            report.intervalMs()));
    lines.add("");
    for (Phase phase : report.phases()) {
      lines.add(
          format(
              ROOT,
              "%10.1f ms  %-18s %s",
              phase.atMs(),
              phase.name().replace('-', ' '),
              who(phase)));
    }
    lines.add("");
    lines.add(
        format(
            ROOT,
            "outage seen by the client  %.1f ms (it asked at least every %.1f ms)",
            report.outageMs(),
            report.probeGapMs()));
    lines.add(
        format(
            ROOT,
            "counter before and after   %d, %d (%s lost)",
            report.counterBefore(),
            report.counterAfter(),
            ticks(report.ticksLost())));
    lines.add(
        "age of the copy            "
            + (report.stateAgeMs() == null
                ? "no copy was woken"
                : format(ROOT, "%.0f ms, a tick each 100 ms", report.stateAgeMs())));
    lines.add("");
    lines.add(
        report.recovered()
            ? format(ROOT, "Recovered: node %s went on with the state.", report.newActive())
            : "Not recovered: " + report.why() + ".");
    return lines;
  }

  private static String who(Phase phase) {
    return switch (phase.name()) {
      case Phase.FAULT -> "link of node " + phase.node() + " cut, then all of it killed";
      case Phase.LAST_GOOD_ANSWER, Phase.FIRST_GOOD_ANSWER -> "seen by the " + phase.node();
      default -> "by node " + phase.node();
    };
  }

  private static String ticks(long count) {
    return count == 1 ? "1 tick" : count + " ticks";
  }
}
