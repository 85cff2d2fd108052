// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Samples;
import dev.understudy.lab.probe.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A cluster on virtual time: three nodes with clocks of their own, a program that counts, a
 * checkpoint each second with a pause of 10 ms, a client that asks every 2 ms, and failovers that
 * take 30 ms from the fault to the first answer.
 */
final class ScriptedStage implements Stage, Client, Time {
  static final long MILLI = 1_000_000L;
  private static final long INTERVAL = 1000 * MILLI;
  private static final long PAUSE = 10 * MILLI;
  private static final long TICK = 100 * MILLI;

  /** What goes wrong at the next crash. */
  enum Mishap {
    NONE,
    NO_ANSWER,
    COLD_START,
    OLDER_COPY_THAN_TOLD,
    NO_NEW_PROTECTION,
    MOVED_ONCE_MORE
  }

  private record Row(long sent, long answered, long counter) {}

  private record Due(long atNanos, Runnable action) {}

  private final Map<String, Long> clockOffsets = new LinkedHashMap<>();
  private final Map<String, List<NodeEvent>> events = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Due> plan = new ArrayList<>();
  private final long[] now;
  private String active = "a";
  private String crashed = "";
  private boolean serving = true;
  private boolean protectedNow;
  private long countsFromNanos;
  private long counterBase;
  private int generations;
  private String copy = "";
  private long copyCounter;
  private long lastGoodNanos = Long.MIN_VALUE;
  private long lastCounter = -1;
  Mishap mishap = Mishap.NONE;
  boolean closed;

  ScriptedStage(long[] sharedNow) {
    now = sharedNow;
    clockOffsets.put("a", 86_400_000_000_000L);
    clockOffsets.put("b", 2 * 86_400_000_000_000L);
    clockOffsets.put("c", 3 * 86_400_000_000_000L);
    countsFromNanos = now[0];
    at(300 * MILLI, this::checkpoint);
    at(700 * MILLI, this::becomeProtected);
  }

  private void at(long afterNanos, Runnable action) {
    plan.add(new Due(now[0] + afterNanos, action));
  }

  private void becomeProtected() {
    protectedNow = true;
    write(active, NodeEvent.PROTECTED, Map.of());
  }

  private void checkpoint() {
    serving = false;
    copyCounter = counter();
    String by = active;
    long began = now[0] + clockOffset(by);
    String id = "1." + ++generations;
    at(
        PAUSE,
        () -> {
          if (by.equals(active) && !crashed.equals(by)) {
            serving = true;
            write(
                by,
                NodeEvent.CAPTURED,
                Map.of("generation", id, "pause_ms", "10.0", "began_boot_nanos", "" + began));
            copy = id;
          }
        });
    at(
        INTERVAL,
        () -> {
          if (by.equals(active) && !crashed.equals(by)) {
            checkpoint();
          }
        });
  }

  private long counter() {
    return counterBase + (now[0] - countsFromNanos) / TICK;
  }

  private void write(String node, String kind, Map<String, String> details) {
    List<NodeEvent> log = events.computeIfAbsent(node, n -> new ArrayList<>());
    long clock = now[0] + clockOffset(node);
    log.add(new NodeEvent(log.size() + 1, 1, clock, node, "count", kind, new TreeMap<>(details)));
  }

  private long clockOffset(String node) {
    return clockOffsets.getOrDefault(node, 0L);
  }

  @Override
  public long bootNanos() {
    return now[0];
  }

  /** Steps of 1 ms: what is due happens, and every second step the client asks. */
  @Override
  public void pause(long nanos) {
    long end = now[0] + nanos;
    while (now[0] < end) {
      now[0] += MILLI;
      for (Due due : List.copyOf(plan)) {
        if (due.atNanos() <= now[0]) {
          plan.remove(due);
          due.action().run();
        }
      }
      if (now[0] / MILLI % 2 == 0) {
        ask();
      }
    }
  }

  private void ask() {
    if (serving) {
      lastGoodNanos = now[0];
      lastCounter = counter();
      rows.add(new Row(now[0] - MILLI / 2, lastGoodNanos, lastCounter));
    } else {
      rows.add(new Row(now[0], now[0] + 10 * MILLI, -1));
    }
  }

  @Override
  public List<String> nodes() {
    return List.copyOf(clockOffsets.keySet());
  }

  @Override
  public Optional<NodeStatus> status(String node) {
    if (node.equals(crashed)) {
      return Optional.empty();
    }
    List<String> peers =
        nodes().stream().filter(n -> !n.equals(node) && !n.equals(crashed)).toList();
    String role = node.equals(active) ? "active" : "standby";
    boolean held = protectedNow && node.equals(active);
    WorkloadStatus row =
        new WorkloadStatus(
            "count", role, role, "1.a", active, "", "", 0, 10, 1000, held, "serving", "");
    DatagramCounts none = new DatagramCounts(0, 0, 0, 0, 0, 0, 0);
    return Optional.of(
        new NodeStatus(
            node, 1, 0, 1, "standard", true, "ebpf", peers, List.of(), none, 0, List.of(row)));
  }

  @Override
  public List<NodeEvent> events(String node, long afterSequence) {
    return events.getOrDefault(node, List.of()).stream()
        .filter(event -> event.sequence() > afterSequence)
        .toList();
  }

  @Override
  public long hostBootNanos(String node, long nodeBootNanos) {
    return nodeBootNanos - clockOffset(node);
  }

  @Override
  public Fault crash(String node) {
    crashed = node;
    serving = false;
    protectedNow = false;
    String next = node.equals("b") ? "a" : "b";
    if (mishap != Mishap.NO_ANSWER) {
      at(20 * MILLI, () -> write(next, NodeEvent.SUSPECTED, Map.of("active", node)));
      at(26 * MILLI, () -> write(next, NodeEvent.ELECTED, Map.of()));
      at(28 * MILLI, () -> takeOver(next));
      at(29 * MILLI, () -> write(next, NodeEvent.ADDRESS_MOVED, Map.of()));
      if (mishap == Mishap.MOVED_ONCE_MORE) {
        at(700 * MILLI, () -> write("c", NodeEvent.ELECTED, Map.of()));
        at(701 * MILLI, () -> takeOver("c"));
      }
      if (mishap != Mishap.NO_NEW_PROTECTION) {
        at(900 * MILLI, this::becomeProtected);
      }
    }
    return new Fault(node, now[0], now[0] + 2 * MILLI);
  }

  private void takeOver(String node) {
    active = node;
    countsFromNanos = now[0];
    if (mishap == Mishap.COLD_START) {
      counterBase = 0;
      write(node, NodeEvent.STARTED, Map.of("why", "no copy"));
    } else {
      counterBase = mishap == Mishap.OLDER_COPY_THAN_TOLD ? copyCounter - 20 : copyCounter;
      write(node, NodeEvent.WOKEN, Map.of("generation", copy));
    }
    at(2 * MILLI, () -> serving = true);
    at(300 * MILLI, this::checkpoint);
  }

  @Override
  public void start(String node) {
    crashed = "";
    events.remove(node);
  }

  @Override
  public long agentPid(String node) {
    return ProcessHandle.current().pid();
  }

  @Override
  public List<String> logTail(String node) {
    return List.of("the last line of " + node);
  }

  @Override
  public Client client() {
    return this;
  }

  @Override
  public Samples samples() {
    return new Samples(
        rows.stream().mapToLong(Row::sent).toArray(),
        rows.stream().mapToLong(Row::answered).toArray(),
        rows.stream().mapToLong(Row::counter).toArray(),
        rows.stream()
            .map(row -> row.counter() < 0 ? Verdict.CONNECT_TIMEOUT : Verdict.GOOD)
            .toArray(Verdict[]::new),
        0);
  }

  @Override
  public void forget() {
    rows.clear();
  }

  @Override
  public long lastGoodNanos() {
    return lastGoodNanos;
  }

  @Override
  public long lastCounter() {
    return lastCounter;
  }

  @Override
  public void close() {
    closed = true;
  }
}
