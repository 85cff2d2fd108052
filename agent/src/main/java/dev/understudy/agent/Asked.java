// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.control.ControlServer;
import dev.understudy.agent.control.Refused;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.ReignNews;
import dev.understudy.api.control.RestartAnswer;
import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.core.protocol.Input;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What callers of the control API ask for, answered between two steps of the duty cycle. */
final class Asked implements ControlServer.Node {
  private static final long ANSWER_MILLIS = 2_000;
  private static final long RESTART_MILLIS = 5_000;

  private final String self;
  private final Cluster cluster;
  private final Mailbox mailbox;
  private final NodeExecutor executor;
  private final Supplier<NodeStatus> status;

  Asked(
      String self,
      Cluster cluster,
      Mailbox mailbox,
      NodeExecutor executor,
      Supplier<NodeStatus> status) {
    this.self = self;
    this.cluster = cluster;
    this.mailbox = mailbox;
    this.executor = executor;
    this.status = status;
  }

  @Override
  public NodeStatus status() throws Refused, InterruptedException {
    return ask(status);
  }

  @Override
  public WorkloadExplanation explain(String workload) throws Refused, InterruptedException {
    members(workload);
    return ask(() -> executor.explain(self, workload))
        .orElseThrow(() -> Refused.unknown(self + " has no group of " + workload));
  }

  @Override
  public RestartAnswer restart(long leaseNanos) throws Refused, InterruptedException {
    CompletableFuture<Parking.Answer> answer = new CompletableFuture<>();
    // Who is told that there is no answer has withdrawn the question: then it is not carried out.
    mailbox.post(() -> executor.restart(leaseNanos, answer));
    return switch (within(answer, RESTART_MILLIS)) {
      case Parking.Answer.Ends(var goingOn) -> new RestartAnswer(true, goingOn, "");
      case Parking.Answer.Refused(var why) -> new RestartAnswer(false, List.of(), why);
    };
  }

  @Override
  public void fence(String workload, String node) throws Refused {
    List<String> members = members(workload);
    if (!members.contains(node) || node.equals(self)) {
      throw Refused.conflict(node + " is no other member of " + members + " on " + self);
    }
    mailbox.tell(at -> new Input.Fenced(at, workload, node));
  }

  /** The group's members, if this node is one of them. */
  private List<String> members(String workload) throws Refused {
    return cluster
        .workload(workload)
        .map(WorkloadSpec::nodes)
        .filter(nodes -> nodes.contains(self))
        .orElseThrow(() -> Refused.unknown(self + " has no group of " + workload));
  }

  @Override
  public void subscribe(String subscriber) throws Refused {
    if (!executor.subscribers().subscribe(subscriber)) {
      throw Refused.conflict("there are too many subscribers");
    }
  }

  @Override
  public List<ReignNews> news(String subscriber, long waitMillis)
      throws Refused, InterruptedException {
    return executor
        .subscribers()
        .take(subscriber, waitMillis)
        .orElseThrow(() -> Refused.unknown(subscriber + " has not subscribed to this agent"));
  }

  @Override
  public void acknowledge(String subscriber, ReignNews known) {
    executor.subscribers().acknowledge(subscriber, known);
  }

  private <T> T ask(Supplier<T> question) throws Refused, InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    mailbox.post(() -> answer.complete(question.get()));
    return within(answer, ANSWER_MILLIS);
  }

  private <T> T within(CompletableFuture<T> answer, long millis)
      throws Refused, InterruptedException {
    try {
      return answer.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (answer.cancel(false)) {
        throw Refused.busy(
            "the agent of %s did not come to an answer within %d ms".formatted(self, millis));
      }
      return answer.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer cannot fail, only stay out", e);
    }
  }
}
