// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.WorkloadExplanation.Decision;
import dev.understudy.api.control.WorkloadExplanation.RuleFinding;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Finding;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.protocol.Verdict;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Why this node did, or did not, take each workload over the last times: what it decided, and what
 * it heard others decide, with the findings of that moment. Belongs to the duty cycle, which comes
 * here when all effects of a step are out.
 */
final class DecisionHistory {
  /** Decisions that are remembered of each workload. */
  static final int KEPT = 32;

  /** What says nothing of who takes over. */
  private static final Set<String> OTHER_MATTERS =
      Set.of(
          NodeEvent.PROTECTED, NodeEvent.UNPROTECTED, NodeEvent.INTERVAL_STRETCHED, NodeEvent.LATE);

  /** What repeats itself while nobody is elected: of each only the newest is worth its place. */
  private static final Set<String> REPEATED =
      Set.of(
          NodeEvent.SUSPECTED, NodeEvent.WITHDREW, Decision.HEARD_QUESTION, Decision.HEARD_REQUEST);

  /** What was heard last of one node about one workload. */
  private record Heard(Row.Stand stand, Epoch epoch) {}

  private record Kept(String about, Decision decision) {}

  private final Function<String, List<Finding>> explain;
  private final Map<String, Deque<Kept>> kept = new HashMap<>();
  private final Map<String, Map<String, Heard>> heard = new HashMap<>();

  /**
   * A history of nothing yet.
   *
   * @param explain what the rules say of a workload now
   */
  DecisionHistory(Function<String, List<Finding>> explain) {
    this.explain = explain;
  }

  /** Takes up what a step was told. */
  void hear(Input input) {
    if (input instanceof Input.Received(var now, var datagram)) {
      for (Row row : datagram.rows()) {
        hear(datagram, row, now);
      }
    }
  }

  private void hear(Datagram datagram, Row row, long now) {
    Map<String, Heard> bySender = heard.computeIfAbsent(row.workload(), _ -> new HashMap<>());
    String sender = datagram.sender();
    @Nullable Heard before = bySender.get(sender);
    if (before != null && before.stand == row.stand() && before.epoch.equals(row.epoch())) {
      return;
    }
    bySender.put(sender, new Heard(row.stand(), row.epoch()));
    switch (row.stand()) {
      case PASSIVE -> {}
      case ASKING ->
          keep(
              row.workload(),
              sender,
              now,
              Decision.HEARD_QUESTION,
              sender + " asked for pre-votes");
      case CANDIDATE -> {
        String text = sender + " asked for votes in epoch " + row.epoch();
        keep(row.workload(), sender, now, Decision.HEARD_REQUEST, text);
      }
      case ACTIVE -> {
        String text = "heard that " + sender + " reigns in epoch " + row.epoch();
        keep(row.workload(), sender, now, Decision.HEARD_REIGN, text);
      }
      case CLOSING -> {
        String text = "heard that " + sender + " gives epoch " + row.epoch() + " up";
        keep(row.workload(), sender, now, Decision.HEARD_CLOSING, text);
      }
    }
  }

  /** Takes up what a step decided. */
  void decide(Verdict verdict, String kind, long now) {
    if (!OTHER_MATTERS.contains(kind)) {
      keep(verdict.workload(), "", now, kind, verdict.text());
    }
  }

  private void keep(String workload, String about, long now, String kind, String text) {
    Deque<Kept> all = kept.computeIfAbsent(workload, _ -> new ArrayDeque<>());
    dropRepeated(all, about, kind);
    all.addFirst(new Kept(about, new Decision(now, kind, text, findings(explain, workload))));
    if (all.size() > KEPT) {
      all.removeLast();
    }
  }

  private static void dropRepeated(Deque<Kept> all, String about, String kind) {
    for (Iterator<Kept> each = all.iterator(); each.hasNext(); ) {
      Kept one = each.next();
      if (!REPEATED.contains(one.decision.kind())) {
        return;
      }
      if (one.about.equals(about) && one.decision.kind().equals(kind)) {
        each.remove();
        return;
      }
    }
  }

  /** What is remembered of a workload, newest first. */
  List<Decision> of(String workload) {
    return kept.getOrDefault(workload, new ArrayDeque<>()).stream().map(Kept::decision).toList();
  }

  /** What the rules say of that workload now, as documents have it. */
  static List<RuleFinding> findings(Function<String, List<Finding>> explain, String workload) {
    return explain.apply(workload).stream()
        .map(f -> new RuleFinding(f.rule().code(), f.against(), f.text()))
        .toList();
  }
}
