// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.RestartAnswer;
import dev.understudy.api.control.WorkloadExplanation;
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
    while (!settled(init, before.incarnation(), answer.goingOn())) {
      if (Clock.bootNanos() > end) {
        throw LabException.failed(
            "The agent of node %s was restarted and is not as before after %d s; see %s."
                .formatted(node, WAIT_NANOS / 1_000_000_000L, logs()));
      }
      Pause.millis(POLL_MILLIS);
    }
    return answer.goingOn();
  }

  private String logs() {
    return "\"understudy lab logs " + node + "\"";
  }

  private boolean settled(ProcessMark init, long former, List<String> goingOn) throws LabException {
    try {
      NodeStatus now = parts.control().status(init);
      if (now.incarnation() <= former) {
        return false;
      }
      requireGoingOn(init);
      for (WorkloadStatus workload : now.workloads()) {
        if (workload.state().equals("silent")) {
          return false;
        }
      }
      for (String workload : goingOn) {
        WorkloadExplanation explanation = parts.control().explain(init, workload);
        boolean ordinary =
            explanation.now().stream().noneMatch(f -> f.rule().equals("maintenance"));
        if (!explanation.state().equals("active") || !ordinary) {
          return false;
        }
      }
      return true;
    } catch (IOException notYet) {
      return false;
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
