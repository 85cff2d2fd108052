// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.bench.BenchReport.AgentRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Watches what agents take from the machine while nothing fails: once with heartbeats only, once
 * with checkpoints as well. Each time in a lab of its own, when the agents have compiled their
 * code.
 */
final class AgentWatch {
  /** The strategies without and with checkpoints. */
  private static final List<Strategy> STRATEGIES = List.of(Strategy.RESTART, Strategy.MIRROR);

  private final Stage.Opener opener;
  private final Time time;
  private final Consumer<String> progress;

  AgentWatch(Stage.Opener opener, Time time, Consumer<String> progress) {
    this.opener = opener;
    this.time = time;
    this.progress = progress;
  }

  /** A row for each strategy and node. */
  List<AgentRow> rows(CountCluster size, BenchOptions.Watch watch)
      throws TrialException, InterruptedException {
    List<AgentRow> rows = new ArrayList<>();
    for (Strategy strategy : STRATEGIES) {
      CountCluster cluster = size.with(strategy);
      try (Stage stage = opener.open(cluster.cluster("bench"))) {
        progress.accept(
            String.format(
                Locale.ROOT,
                "strategy %s: letting the agents settle for %d s, then watching them for %d s",
                name(strategy),
                watch.settleNanos() / 1_000_000_000L,
                watch.nanos() / 1_000_000_000L));
        time.pause(watch.settleNanos());
        Map<String, AgentMeter.Reading> before = readings(stage);
        time.pause(watch.nanos());
        rows.addAll(rows(stage, cluster, before, readings(stage)));
      }
    }
    return rows;
  }

  private static List<AgentRow> rows(
      Stage stage,
      CountCluster cluster,
      Map<String, AgentMeter.Reading> before,
      Map<String, AgentMeter.Reading> after) {
    List<AgentRow> rows = new ArrayList<>();
    for (String node : stage.nodes()) {
      AgentMeter.Reading start = reading(before, node);
      AgentMeter.Reading end = reading(after, node);
      rows.add(
          new AgentRow(
              name(cluster.strategy()),
              node,
              stage.status(node).map(AgentWatch::role).orElse("unknown"),
              cluster.memoryBytes(),
              end.rssBytes(),
              end.ownPercentSince(start),
              end.childrenPercentSince(start)));
    }
    return rows;
  }

  private static String name(Strategy strategy) {
    return strategy.name().toLowerCase(Locale.ROOT);
  }

  private static String role(NodeStatus status) {
    return status.workloads().isEmpty() ? "none" : status.workloads().getFirst().role();
  }

  private static AgentMeter.Reading reading(Map<String, AgentMeter.Reading> all, String node) {
    AgentMeter.Reading reading = all.get(node);
    if (reading == null) {
      throw new IllegalStateException("no reading of node " + node + " among " + all.keySet());
    }
    return reading;
  }

  private Map<String, AgentMeter.Reading> readings(Stage stage) throws TrialException {
    Map<String, AgentMeter.Reading> readings = new HashMap<>();
    for (String node : stage.nodes()) {
      long pid = stage.agentPid(node);
      try {
        readings.put(node, AgentMeter.read(pid, time));
      } catch (IOException e) {
        throw new TrialException(
            "the agent of node " + node + " (process " + pid + ") cannot be watched: " + e, e);
      }
    }
    return readings;
  }
}
