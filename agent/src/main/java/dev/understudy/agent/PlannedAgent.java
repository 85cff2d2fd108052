// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.control.Refused;
import dev.understudy.agent.control.SealedDoor;
import dev.understudy.agent.wire.ClusterKey;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.AgentView;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An agent that is brought its plans: it waits for the first one, and goes by one after the other.
 * In between everything of the former is ended and made anew, in the same process: meanwhile the
 * gates of its Pods are shut, and it votes again when no promise of before can be in force.
 */
final class PlannedAgent implements SealedDoor.Visited {
  /** Runs an agent's duty cycle until it ends. */
  interface Runner {
    void run(Agent agent) throws InterruptedException;
  }

  private final AgentOptions options;
  private final PlanKeeper keeper;
  private @Nullable Agent agent;
  private boolean ending;

  private PlannedAgent(AgentOptions options, PlanKeeper keeper) {
    this.options = options;
    this.keeper = keeper;
  }

  /** Reads the plan that is on the disk, if one is. */
  static PlannedAgent open(AgentOptions options) throws IOException {
    Files.createDirectories(options.state());
    int address = Ipv4.parse(options.listen().orElseThrow()).orElseThrow();
    return new PlannedAgent(options, PlanKeeper.open(options.state(), address));
  }

  /** Goes by plans until it is told to end. */
  void run(Runner runner) throws IOException, ClusterFileException, InterruptedException {
    byte[] key = ClusterKey.read(options.key()).bytes();
    try (SealedDoor _ = SealedDoor.open(options.listen().orElseThrow(), key, this)) {
      for (AgentPlan plan = next(); !plan.equals(AgentPlan.NONE); plan = next()) {
        System.err.println("understudy-agent: goes by plan " + plan.revision());
        goBy(plan, runner);
      }
    }
  }

  /** Waits for a plan; none when it is to end. */
  private synchronized AgentPlan next() throws InterruptedException {
    while (!ending && keeper.plan().equals(AgentPlan.NONE)) {
      wait();
    }
    return ending ? AgentPlan.NONE : keeper.plan();
  }

  private void goBy(AgentPlan plan, Runner runner)
      throws IOException, ClusterFileException, InterruptedException {
    Cluster cluster = ClusterFile.parseOnNode(plan.clusterFile());
    try (Agent one = Agent.build(options, cluster, keeper.self(cluster))) {
      if (begins(one, plan)) {
        runner.run(one);
      }
    } finally {
      ended();
    }
  }

  private synchronized boolean begins(Agent one, AgentPlan plan) {
    agent = one;
    return !ending && keeper.plan().equals(plan);
  }

  private synchronized void ended() {
    agent = null;
  }

  /** Ends {@link #run}; from any thread. */
  synchronized void stop() {
    ending = true;
    if (agent != null) {
      agent.stop();
    }
    notifyAll();
  }

  @Override
  public AgentView take(AgentPlan plan) {
    Optional<String> trouble;
    synchronized (this) {
      AgentPlan before = keeper.plan();
      trouble = keeper.take(plan);
      if (!keeper.plan().equals(before)) {
        if (agent != null) {
          agent.quit();
        }
        notifyAll();
      }
    }
    return new AgentView(keeper.plan(), null, trouble.orElse(""));
  }

  @Override
  public AgentView view() throws InterruptedException {
    @Nullable Agent now;
    synchronized (this) {
      now = agent;
    }
    if (now == null) {
      return new AgentView(keeper.plan(), null, "");
    }
    try {
      return new AgentView(keeper.plan(), now.asked().status(), "");
    } catch (Refused e) {
      return new AgentView(keeper.plan(), null, String.valueOf(e.getMessage()));
    }
  }
}
