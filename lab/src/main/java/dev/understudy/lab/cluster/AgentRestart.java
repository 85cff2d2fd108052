// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.RestartAnswer;
import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.api.control.WorkloadExplanation.RuleFinding;
import dev.understudy.api.control.WorkloadStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Restarts the agent of a node while what is active there goes on, and waits until the next agent
 * has taken it over and everything is as usual.
 */
final class AgentRestart {
  /** Restart silence may be as long as the longest maintenance lease. */
  private static final long WAIT_NANOS = 90_000_000_000L;

  private static final long POLL_MILLIS = 50;

  private final LabParts parts;
  private final String node;

  AgentRestart(LabParts parts, String node) {
    this.parts = parts;
    this.node = node;
  }

  /** The workloads that went on meanwhile. */
  List<String> run(long leaseMillis) throws LabException {
    ProcessMark init = parts.init(node);
    NodeStatus before;
    RestartAnswer answer;
    try {
      before = parts.control().status(init);
      answer = parts.control().restart(init, leaseMillis);
    } catch (IOException e) {
      throw LabException.failed(
          "The agent of node %s was not restarted, it does not answer: %s; see %s."
              .formatted(node, e.getMessage(), logs()),
          e);
    }
    if (!answer.ends()) {
      throw LabException.failed(
          "The agent of node %s was not restarted: %s; see \"understudy lab status\"."
              .formatted(node, answer.why()));
    }
    long end = Clock.bootNanos() + WAIT_NANOS;
    while (true) {
      String missing = missing(init, before.incarnation(), answer.goingOn());
      if (missing.isEmpty()) {
        return answer.goingOn();
      }
      if (Clock.bootNanos() > end) {
        throw LabException.failed(
            "The agent of node %s was restarted, and after %d s %s; see %s."
                .formatted(node, WAIT_NANOS / 1_000_000_000L, missing, logs()));
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  private String logs() {
    return "\"understudy lab logs " + node + "\"";
  }

  /** What is not as before yet; empty for nothing. */
  private String missing(ProcessMark init, long former, List<String> goingOn) throws LabException {
    try {
      NodeStatus now = parts.control().status(init);
      if (now.incarnation() <= former) {
        return "the former one has not ended";
      }
      if (now.incarnation() > former + 1 && !goingOn.isEmpty()) {
        throw LabException.failed(
            "The agent of node %s was restarted, and the next one ended as well; see %s."
                .formatted(node, logs()));
      }
      requireGoingOn(init);
      for (WorkloadStatus workload : now.workloads()) {
        if (workload.state().equals("silent")) {
          return "it keeps its restart silence for " + workload.name();
        }
      }
      for (String workload : goingOn) {
        WorkloadExplanation told = parts.control().explain(init, workload);
        Optional<String> special =
            told.now().stream()
                .filter(f -> f.rule().equals("maintenance"))
                .map(RuleFinding::text)
                .findFirst();
        String active = told.activeNode();
        if (!active.isEmpty() && !active.equals(node)) {
          throw LabException.failed(
              "The agent of node %s was restarted, and its node lost its reign: %s is active."
                  .formatted(node, active));
        }
        if (!told.state().equals("active") || special.isPresent()) {
          return workload + " is " + told.state() + ", " + special.orElse("not active");
        }
      }
      return "";
    } catch (IOException notYet) {
      return "it does not answer: " + notYet.getMessage();
    }
  }

  /** A reign that is not resumed will not come back by waiting. */
  private void requireGoingOn(ProcessMark init) throws IOException, LabException {
    Optional<String> refusal =
        parts.control().events(init, 0).stream()
            .filter(e -> e.kind().equals(NodeEvent.RESUMED))
            .map(e -> e.details().getOrDefault("text", ""))
            .filter(text -> !text.startsWith("goes on"))
            .findFirst();
    if (refusal.isPresent()) {
      throw LabException.failed(
          "The agent of node %s was restarted, and its node lost its reign: %s."
              .formatted(node, refusal.get()));
    }
  }
}
