// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.demo;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.Units;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.lab.bench.CountCluster;
import dev.understudy.lab.bench.CrashTrial;
import dev.understudy.lab.bench.Millis;
import dev.understudy.lab.bench.Stage;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.bench.Trial;
import dev.understudy.lab.bench.TrialException;
import java.util.function.Consumer;

/** Starts a cluster, protects a program, kills its node, and tells what happened. */
public final class Demo {
  private final Stage.Opener opener;
  private final Time time;
  private final Consumer<String> progress;

  public Demo(Stage.Opener opener, Time time, Consumer<String> progress) {
    this.opener = opener;
    this.time = time;
    this.progress = progress;
  }

  /**
   * Runs the story once; the cluster is gone afterwards.
   *
   * @param phase where in the checkpoint interval the fault strikes, from 0 to below 1
   * @throws TrialException when the story cannot be told to its end
   */
  public DemoReport run(CountCluster size, double phase)
      throws TrialException, InterruptedException {
    Cluster cluster = size.cluster("demo");
    WorkloadSpec workload = cluster.workloads().getFirst();
    progress.accept(
        "starting "
            + cluster.nodes().size()
            + " nodes and the program "
            + workload.name()
            + " ("
            + Units.bytesText(size.memoryBytes())
            + ") at "
            + Ipv4.text(workload.address())
            + ":"
            + workload.port());
    try (Stage stage = opener.open(cluster)) {
      CrashTrial trial = new CrashTrial(stage, time, workload);
      trial.awaitWhole("after its start");
      progress.accept("protected: a verified copy is held; the client asks every 2 ms");
      Trial measured = trial.run(phase);
      progress.accept("protected again; stopping the cluster");
      return DemoReport.of(
          measured, size.memoryBytes(), size.timing().profile(), Millis.of(size.intervalNanos()));
    }
  }
}
