// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Real nodes behind one switch, with disks and kernels that answer at once. */
final class Hub {
  static final String WORKLOAD = VirtualCluster.WORKLOAD;
  private static final long MILLI = 1_000_000L;
  private static final long HOP_NANOS = MILLI / 10;

  private final Map<String, DurableState> disks = new TreeMap<>();
  private final Map<String, List<Verdict>> verdicts = new TreeMap<>();
  final List<Datagram> sent = new ArrayList<>();
  private final GroupConfig group;
  private final Map<String, FailoverNode> nodes = new TreeMap<>();
  private final Map<String, Long> wakeAt = new TreeMap<>();
  private List<Datagram> flying = new ArrayList<>();
  private long now = MILLI;

  /** A group of these nodes, all of which may run; the first so many of them vote. */
  Hub(int voters, String... members) {
    List<String> all = List.of(members);
    this.group =
        new GroupConfig(
            WORKLOAD,
            all,
            all,
            GroupConfig.Quorum.MAJORITY,
            false,
            200 * MILLI,
            GroupConfig.WithoutQuorum.FREEZE,
            all.subList(0, voters));
    all.forEach(n -> start(n, new DurableState(6, 0, 0)));
  }

  /** Its agent starts with that on its disk. */
  void start(String name, DurableState found) {
    DurableState durable = found.nextStart(Timing.STANDARD.promiseNanos());
    disks.put(name, durable);
    verdicts.computeIfAbsent(name, _ -> new ArrayList<>());
    nodes.put(
        name,
        new FailoverNode(
            name,
            Timing.STANDARD,
            List.of(group),
            durable,
            now,
            FailoverNode.TAKEOVERS_USUAL,
            new SplittableRandom(3)));
    wakeAt.put(name, now);
  }

  void crash(String name) {
    nodes.remove(name);
    wakeAt.remove(name);
  }

  void step(String name, Input input) {
    Outcome outcome = node(name).step(input);
    wakeAt.put(name, outcome.wakeAtNanos());
    said(name).addAll(outcome.verdicts());
    flying.addAll(outcome.thenSend());
    outcome
        .persistFirst()
        .ifPresent(state -> {
          disks.put(name, state);
          step(name, new Input.Persisted(now, state));
        });
    for (Command command : outcome.thenRun()) {
      switch (command) {
        case Command.ShutGate _ -> step(name, new Input.GateShut(now, WORKLOAD));
        case Command.Start(_, var epoch) -> step(name, new Input.Running(now, WORKLOAD, epoch));
        default -> {}
      }
    }
  }

  void ask(String name, String join, String leave) {
    step(name, new Input.MembershipAsked(now, WORKLOAD, join, leave));
  }

  void pass(long millis) {
    long end = now + millis * MILLI;
    passUntil(() -> now >= end, millis);
  }

  /** Lets time pass until that holds, at most for so long. */
  void passUntil(BooleanSupplier condition, long millisMost) {
    long end = now + millisMost * MILLI;
    while (!condition.getAsBoolean()) {
      if (now >= end) {
        throw new AssertionError("not within " + millisMost + " ms; " + verdicts);
      }
      long next = wakeAt.values().stream().min(Long::compare).orElse(end);
      now = flying.isEmpty() ? Math.min(end, Math.max(now + HOP_NANOS, next)) : now + HOP_NANOS;
      List<Datagram> landing = flying;
      flying = new ArrayList<>();
      for (Datagram datagram : landing) {
        sent.add(datagram);
        if (nodes.containsKey(datagram.receiver())) {
          step(datagram.receiver(), new Input.Received(now, datagram));
        }
      }
      for (String name : List.copyOf(nodes.keySet())) {
        if (wakeAt.getOrDefault(name, Long.MAX_VALUE) <= now) {
          step(name, new Input.Tick(now));
        }
      }
    }
  }

  private FailoverNode node(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  List<Verdict> said(String name) {
    return Objects.requireNonNull(verdicts.get(name), name);
  }

  DurableState disk(String name) {
    return Objects.requireNonNull(disks.get(name), name);
  }

  GroupView view(String name) {
    return node(name).views().getFirst();
  }

  List<Finding> explain(String name) {
    return node(name).explain(WORKLOAD);
  }

  /** Lets time pass until one of the nodes reigns, and tells which. */
  String active() {
    passUntil(() -> nodes.keySet().stream().anyMatch(n -> view(n).leading()), 5_000);
    return nodes.keySet().stream().filter(n -> view(n).leading()).findFirst().orElseThrow();
  }

  /** The version on that disk. */
  Membership onDisk(String name) {
    return disk(name).membership(WORKLOAD);
  }

  /** Lets time pass until that node has seen a change through. */
  Membership changed(String name) {
    passUntil(
        () -> said(name).stream().anyMatch(Verdict.MembershipChanged.class::isInstance), 1_000);
    return onDisk(name);
  }

  List<String> refusals(String name) {
    return said(name).stream()
        .filter(Verdict.MembershipRefused.class::isInstance)
        .map(Verdict::text)
        .toList();
  }
}
