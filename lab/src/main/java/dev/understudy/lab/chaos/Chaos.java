// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import dev.understudy.agent.linux.Clock;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.bench.TrialException;
import dev.understudy.lab.bench.Waits;
import dev.understudy.lab.chaos.ChaosPlan.Step;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.observer.Burst;
import dev.understudy.lab.observer.Overlap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Many faults, one after the other, each followed by a look whether all is well again. */
public final class Chaos {
  private final Lab lab;
  private final WorkloadSpec workload;
  private final Consumer<String> progress;

  /** Chaos in a lab that runs, for one of its workloads. */
  public Chaos(Lab lab, WorkloadSpec workload, Consumer<String> progress) {
    this.lab = lab;
    this.workload = workload;
    this.progress = progress;
  }

  /**
   * Strikes.
   *
   * @throws TrialException when the workload is not whole before the first fault, or was not a
   *     second time: then nothing more can be learnt
   */
  public ChaosReport run(int faults, long seed)
      throws LabException, TrialException, IOException, InterruptedException {
    long begin = Clock.bootNanos();
    List<Strike> strikes = new ArrayList<>();
    try (Watch watch = Watch.start(lab, workload)) {
      int reignsBefore = watch.reigns().reigns().size();
      for (Step step : ChaosPlan.of(seed, faults).steps()) {
        watch.awaitWhole("before fault " + (strikes.size() + 1));
        Time.HOST.pause(step.pauseNanos());
        Strike strike = strike(watch, step);
        strikes.add(strike);
        tell(strikes.size(), faults, strike);
      }
      List<Burst> bursts = watch.bursts();
      List<String> overlaps = watch.overlaps().stream().map(Overlap::text).toList();
      double lease = watch.leaseMillis();
      List<String> bad = strikes.stream().map(Strike::problem).filter(p -> !p.isEmpty()).toList();
      return new ChaosReport(
          lab.name(),
          workload.name(),
          seed,
          faults,
          strikes.size(),
          strikes.size() - bad.size(),
          bad,
          overlaps,
          strikes.stream().flatMap(s -> s.outputMs().stream()).max(Double::compare),
          lease,
          (int) strikes.stream().flatMap(s -> s.outputMs().stream()).filter(o -> o > lease).count(),
          watch.reigns().reigns().size() - reignsBefore,
          bursts.stream().mapToLong(Burst::frames).sum(),
          (Clock.bootNanos() - begin) / 1e9,
          List.copyOf(strikes));
    }
  }

  private Strike strike(Watch watch, Step step)
      throws LabException, TrialException, InterruptedException {
    Waits.Active now = watch.awaitWhole("before a fault");
    String active = now.node();
    String standby = now.workload().standbyNode();
    List<String> nodes = lab.cluster().nodes().stream().map(NodeSpec::name).toList();
    List<String> thirds =
        nodes.stream().filter(n -> !n.equals(active) && !n.equals(standby)).toList();
    // In a cluster of two nobody is a third.
    String third = thirds.isEmpty() ? standby : thirds.getFirst();
    List<String> struck =
        switch (step.role()) {
          case ACTIVE -> List.of(active);
          case STANDBY -> List.of(standby);
          case THIRD -> List.of(third);
          case STANDBY_AND_THIRD ->
              third.equals(standby) ? List.of(standby) : List.of(standby, third);
          case ALL -> nodes;
        };
    Optional<String> peer = nodes.stream().filter(n -> !struck.contains(n)).findFirst();
    return watch.strike(step.fault(struck, peer), active, step.role().text(), step.holdNanos());
  }

  private void tell(int number, int faults, Strike strike) {
    String recovered =
        strike
            .recoveredMs()
            .map(ms -> String.format(Locale.ROOT, "whole after %.0f ms", ms))
            .orElse("NOT WHOLE");
    String output =
        strike
            .outputMs()
            .map(ms -> String.format(Locale.ROOT, ", output for %.1f ms", ms))
            .orElse("");
    progress.accept(
        String.format(
            Locale.ROOT,
            "%d/%d %s (%s) for %.0f ms: %s%s%s",
            number,
            faults,
            strike.fault(),
            strike.role(),
            strike.heldMs(),
            recovered,
            output,
            strike.problem().isEmpty() ? "" : "; " + strike.problem()));
  }
}
