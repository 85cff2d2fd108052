// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.bench.EventLog.Entry;
import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Gap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Puts what the surviving nodes wrote and what the client saw into one order. Pure. */
final class Timeline {
  private final Fault fault;
  private final String newActive;
  private final List<Entry> entries;

  /**
   * @param survivors events of one workload on all nodes but the crashed one
   */
  Timeline(Fault fault, String newActive, List<Entry> survivors) {
    this.fault = fault;
    this.newActive = newActive;
    this.entries =
        survivors.stream()
            .filter(entry -> entry.hostNanos() >= fault.cutNanos())
            .sorted(Comparator.comparingLong(Entry::hostNanos))
            .toList();
  }

  /** When anybody was elected first; from then on the crashed node's answers count no more. */
  Optional<Entry> firstElection() {
    return first(NodeEvent.ELECTED, entry -> true);
  }

  /**
   * The same, seen by who gave the first good answer: the last one to wake a copy before it. A busy
   * machine may have moved the workload once more before it was protected again.
   */
  Timeline ofFirstServer(long firstGoodNanos) {
    String server =
        entries.stream()
            .filter(e -> e.event().kind().equals(NodeEvent.WOKEN))
            .filter(e -> e.hostNanos() <= firstGoodNanos)
            .reduce((earlier, later) -> later)
            .map(e -> e.event().node())
            .orElse(newActive);
    return new Timeline(fault, server, entries);
  }

  String newActive() {
    return newActive;
  }

  /** When the copy that served first got its SIGCONT; empty when no copy did. */
  Optional<Entry> woken() {
    return first(NodeEvent.WOKEN, this::byNewActive);
  }

  /** A start from nothing on any node. */
  Optional<Entry> startedCold() {
    return first(NodeEvent.STARTED, entry -> true);
  }

  /** Every phase that was written down, in order. */
  List<Phase> phases(Gap outage) {
    List<Phase> phases = new ArrayList<>();
    phases.add(phase(Phase.LAST_GOOD_ANSWER, outage.fromNanos(), Phase.CLIENT));
    phases.add(phase(Phase.FAULT, fault.cutNanos(), fault.node()));
    add(phases, Phase.SUSPECTED, first(NodeEvent.SUSPECTED, entry -> true));
    add(phases, Phase.ELECTED, elected());
    add(phases, Phase.WOKEN, woken());
    add(phases, Phase.ADDRESS_MOVED, first(NodeEvent.ADDRESS_MOVED, this::byNewActive));
    phases.add(phase(Phase.FIRST_GOOD_ANSWER, outage.toNanos(), Phase.CLIENT));
    long served = woken().map(Entry::hostNanos).orElse(outage.toNanos());
    add(phases, Phase.PROTECTED_AGAIN, first(NodeEvent.PROTECTED, e -> e.hostNanos() >= served));
    phases.sort(Comparator.comparingDouble(Phase::atMs));
    return phases;
  }

  /** A candidate may win, lapse and win again: the win that woke the copy is the decision. */
  Optional<Entry> elected() {
    long woken = woken().map(Entry::hostNanos).orElse(Long.MAX_VALUE);
    return entries.stream()
        .filter(e -> e.event().kind().equals(NodeEvent.ELECTED) && byNewActive(e))
        .filter(e -> e.hostNanos() <= woken)
        .reduce((earlier, later) -> later)
        .or(() -> first(NodeEvent.ELECTED, this::byNewActive));
  }

  private boolean byNewActive(Entry entry) {
    return entry.event().node().equals(newActive);
  }

  private Optional<Entry> first(String kind, Predicate<Entry> which) {
    return entries.stream()
        .filter(entry -> entry.event().kind().equals(kind))
        .filter(which)
        .findFirst();
  }

  private void add(List<Phase> phases, String name, Optional<Entry> entry) {
    entry.ifPresent(e -> phases.add(phase(name, e.hostNanos(), e.event().node())));
  }

  private Phase phase(String name, long hostNanos, String node) {
    return new Phase(name, Millis.of(hostNanos - fault.cutNanos()), node);
  }
}
