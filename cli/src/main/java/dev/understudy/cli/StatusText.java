// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.lab.cluster.LabStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A lab's status for people. */
final class StatusText {
  private StatusText() {}

  static void print(Terminal terminal, LabStatus status, boolean json) {
    if (json) {
      terminal.json(status);
      return;
    }
    terminal.line(
        "lab "
            + status.lab()
            + ", "
            + status.life()
            + ", client "
            + status.clientAddress()
            + ", state in "
            + status.folder());
    terminal.line("");
    terminal.table(nodes(status));
    List<List<String>> workloads = workloads(status);
    if (workloads.size() > 1) {
      terminal.line("");
      terminal.table(workloads);
    }
    List<String> troubles = troubles(status);
    if (!troubles.isEmpty()) {
      terminal.line("");
      troubles.forEach(terminal::line);
    }
  }

  private static List<List<String>> nodes(LabStatus status) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "ADDRESS", "STATE", "PID", "AGENT", "PROFILE", "GATE", "HEARS"));
    for (LabStatus.Node node : status.nodes()) {
      @Nullable NodeStatus agent = node.agent();
      List<String> row = new ArrayList<>(List.of(node.name(), node.address(), node.state()));
      row.add(node.pid() < 0 ? "-" : Long.toString(node.pid()));
      if (agent == null) {
        row.addAll(List.of("-", "-", "-", "-"));
      } else {
        row.add("start " + agent.incarnation() + (agent.realTime() ? ", real-time" : ""));
        row.add(agent.profile());
        row.add(agent.gate().isEmpty() ? "-" : agent.gate());
        row.add(agent.peersHeard().isEmpty() ? "-" : String.join(",", agent.peersHeard()));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<List<String>> workloads(LabStatus status) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "WORKLOAD",
            "NODE",
            "ROLE",
            "STATE",
            "EPOCH",
            "PROTECTED",
            "HOLDS",
            "AGE",
            "PAUSE",
            "LAST DECISION"));
    for (LabStatus.Node node : status.nodes()) {
      @Nullable NodeStatus agent = node.agent();
      if (agent == null) {
        continue;
      }
      for (WorkloadStatus workload : agent.workloads()) {
        boolean active = workload.role().equals("active");
        String held = workload.heldGeneration();
        rows.add(
            List.of(
                workload.name(),
                node.name(),
                workload.role(),
                workload.state(),
                workload.epoch().isEmpty() ? "-" : workload.epoch(),
                active ? (workload.protectedNow() ? "by " + workload.standbyNode() : "no") : "-",
                held.isEmpty() ? "-" : held,
                millis(workload.heldAgeMillis()),
                millis(workload.lastPauseMillis()),
                workload.verdict().isEmpty() ? "-" : workload.verdict()));
      }
    }
    return rows;
  }

  private static List<String> troubles(LabStatus status) {
    List<String> all = new ArrayList<>();
    for (LabStatus.Node node : status.nodes()) {
      @Nullable NodeStatus agent = node.agent();
      if (!node.problem().isEmpty() && !node.state().equals("crashed")) {
        all.add("node " + node.name() + ": " + node.problem());
      }
      if (agent != null) {
        if (!agent.configuredOtherwise().isEmpty()) {
          all.add(otherwise(node.name(), agent.configuredOtherwise()));
        }
        if (agent.eventsLost() > 0) {
          all.add(
              "node %s lost %d events: is its disk full?"
                  .formatted(node.name(), agent.eventsLost()));
        }
        for (WorkloadStatus workload : agent.workloads()) {
          if (!workload.lastError().isEmpty()) {
            all.add(
                "last error of "
                    + workload.name()
                    + " on "
                    + node.name()
                    + ": "
                    + workload.lastError());
          }
        }
      }
    }
    return all;
  }

  private static String otherwise(String node, List<String> others) {
    return "node "
        + node
        + " has another cluster file than "
        + String.join(", ", others)
        + ": nodes, groups or times differ, so they do not count one another's votes";
  }

  private static String millis(double value) {
    return value < 0 ? "-" : String.format(Locale.ROOT, "%.1f ms", value);
  }
}
