// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Units;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.bench.BenchReport.AgentRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Repeats crash trials for each memory size and counts. One lab a size; after a trial that failed,
 * a new one. A trial that failed is counted and told, never repeated in the hope of a better one.
 */
public final class Bench {
  /** The only fault so far. */
  public static final String NODE_CRASH = "node-crash";

  private static final int WARM_UP_RUNS = 1;

  private final Stage.Opener opener;
  private final Time time;
  private final Consumer<String> progress;

  public Bench(Stage.Opener opener, Time time, Consumer<String> progress) {
    this.opener = opener;
    this.time = time;
    this.progress = progress;
  }

  /**
   * Measures all sizes.
   *
   * @throws TrialException when a lab cannot be brought to work at all
   */
  public BenchReport run(BenchOptions options, Machine machine)
      throws TrialException, InterruptedException {
    List<BenchReport.Row> rows = new ArrayList<>();
    List<AgentRow> agents = new ArrayList<>();
    SplittableRandom phases = new SplittableRandom(options.seed());
    for (CountCluster size : options.clusters()) {
      rows.add(new Series(size, options, phases, agents).measure());
    }
    CountCluster first = options.clusters().getFirst();
    return new BenchReport(
        machine,
        first.timing().profile(),
        Millis.of(first.intervalNanos()),
        options.seed(),
        WARM_UP_RUNS,
        rows,
        agents);
  }

  /** All trials with one memory size. */
  private final class Series {
    private final CountCluster size;
    private final BenchOptions options;
    private final SplittableRandom phases;
    private final List<AgentRow> agents;
    private final Cluster cluster;
    private final TrialFigures figures = new TrialFigures();
    private int done;
    private int openings;

    Series(
        CountCluster size, BenchOptions options, SplittableRandom phases, List<AgentRow> agents) {
      this.size = size;
      this.options = options;
      this.phases = phases;
      this.agents = agents;
      this.cluster = size.cluster("bench");
    }

    BenchReport.Row measure() throws TrialException, InterruptedException {
      while (done < options.runs()) {
        try (Stage stage = opener.open(cluster)) {
          openings++;
          oneLab(stage);
        } catch (TrialException broken) {
          if (openings <= 1 && done == 0) {
            throw broken; // it never worked: there is nothing to measure
          }
          done++;
          failed("run " + done + " of " + options.runs() + " could not begin: ", broken);
        }
      }
      return figures.row(size, options.runs());
    }

    /** Trials until all are done or one has failed. */
    private void oneLab(Stage stage) throws TrialException, InterruptedException {
      CrashTrial trial = new CrashTrial(stage, time, cluster.workloads().getFirst());
      trial.awaitWhole("after its start");
      if (openings == 1) {
        say("watching the idle agents for " + options.idleNanos() / 1_000_000_000L + " s");
        agents.addAll(idleAgents(stage));
      }
      for (int i = 0; i < WARM_UP_RUNS; i++) {
        Trial warmUp = trial.run(phases.nextDouble());
        say("warm-up, not counted: " + summary(warmUp));
        trial.heal(warmUp.fault().node());
      }
      while (done < options.runs()) {
        done++;
        String run = "run " + done + " of " + options.runs() + ": ";
        Trial measured;
        try {
          measured = trial.run(phases.nextDouble());
        } catch (TrialException broken) {
          failed(run, broken);
          return; // the next run gets a new lab
        }
        figures.add(run, measured);
        say(run + summary(measured));
        if (done < options.runs()) {
          trial.heal(measured.fault().node());
        }
      }
    }

    private void failed(String run, TrialException why) {
      figures.addFailure(run + why.getMessage());
      say(run + "FAILED: " + why.getMessage());
      why.evidence().forEach(progress);
    }

    private List<AgentRow> idleAgents(Stage stage) throws TrialException, InterruptedException {
      Map<String, AgentMeter.Reading> before = readings(stage);
      time.pause(options.idleNanos());
      Map<String, AgentMeter.Reading> after = readings(stage);
      List<AgentRow> rows = new ArrayList<>();
      for (String node : stage.nodes()) {
        AgentMeter.Reading start = reading(before, node);
        AgentMeter.Reading end = reading(after, node);
        rows.add(
            new AgentRow(
                node,
                stage.status(node).map(this::role).orElse("unknown"),
                size.memoryBytes(),
                end.rssBytes(),
                end.ownPercentSince(start),
                end.childrenPercentSince(start)));
      }
      return rows;
    }

    private String role(NodeStatus status) {
      return status.workloads().isEmpty() ? "none" : status.workloads().getFirst().role();
    }

    private void say(String line) {
      progress.accept(Units.bytesText(size.memoryBytes()) + ": " + line);
    }
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

  private static String summary(Trial trial) {
    return String.format(
        Locale.ROOT,
        "outage %.1f ms, %d ticks lost, %s -> %s%s",
        trial.outageMs(),
        trial.outage().ticksLost(),
        trial.fault().node(),
        trial.newActive(),
        trial.objection().map(why -> ", NOT RECOVERED: " + why).orElse(""));
  }
}
