// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Units;
import dev.understudy.lab.bench.BenchReport.AgentRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    SplittableRandom phases = new SplittableRandom(options.seed());
    for (CountCluster size : options.clusters()) {
      rows.add(new Series(size, options, phases).measure());
    }
    CountCluster first = options.clusters().getFirst();
    List<AgentRow> agents = new ArrayList<>();
    if (options.watch().isPresent()) {
      agents.addAll(
          new AgentWatch(opener, time, progress).rows(first, options.watch().orElseThrow()));
    }
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
    private final Cluster cluster;
    private final TrialFigures figures = new TrialFigures();
    private int done;
    private int openings;

    Series(CountCluster size, BenchOptions options, SplittableRandom phases) {
      this.size = size;
      this.options = options;
      this.phases = phases;
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

    private void say(String line) {
      progress.accept(Units.bytesText(size.memoryBytes()) + ": " + line);
    }
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
