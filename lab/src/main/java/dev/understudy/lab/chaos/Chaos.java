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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
   * @return with fewer faults than asked for when the workload was not whole after one, and not
   *     after a second wait either
   * @throws TrialException when the workload is not whole before the first fault
   */
  public ChaosReport run(int faults, long seed)
      throws LabException, TrialException, IOException, InterruptedException {
    long begin = Clock.bootNanos();
    List<Strike> strikes = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    try (Watch watch = Watch.start(lab, workload)) {
      int reignsBefore = watch.reigns().reigns().size();
      for (Step step : ChaosPlan.of(seed, faults).steps()) {
        try {
          Strike strike = strike(watch, step);
          strikes.add(strike);
          tell(strikes.size(), faults, strike);
          if (!strike.problem().isEmpty()) {
            bad.add(strike.fault() + ": " + strike.problem());
          }
        } catch (TrialException e) {
          if (strikes.isEmpty()) {
            throw e;
          }
          bad.add(e.getMessage() + "; given up");
          break;
        }
      }
      List<Burst> bursts = watch.bursts();
      List<String> overlaps = watch.overlaps().stream().map(Overlap::text).toList();
      double lease = watch.leaseMillis();
      return new ChaosReport(
          lab.name(),
          workload.name(),
          seed,
          faults,
          strikes.size(),
          (int) strikes.stream().filter(s -> s.problem().isEmpty()).count(),
          List.copyOf(bad),
          overlaps,
          outputs(strikes).max(Double::compare).orElse(null),
          lease,
          (int) outputs(strikes).filter(o -> o > lease).count(),
          watch.reigns().reigns().size() - reignsBefore,
          bursts.stream().mapToLong(Burst::frames).sum(),
          (Clock.bootNanos() - begin) / 1e9,
          List.copyOf(strikes));
    }
  }

  private Strike strike(Watch watch, Step step)
      throws LabException, TrialException, InterruptedException {
    watch.awaitWhole("before a fault");
    Time.HOST.pause(step.pauseNanos());
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

  private static Stream<Double> outputs(List<Strike> strikes) {
    return strikes.stream().map(Strike::outputMs).filter(Objects::nonNull);
  }

  private void tell(int number, int faults, Strike strike) {
    Double whole = strike.recoveredMs();
    Double sent = strike.outputMs();
    String recovered =
        whole == null ? "NOT WHOLE" : String.format(Locale.ROOT, "whole after %.0f ms", whole);
    String output = sent == null ? "" : String.format(Locale.ROOT, ", output for %.1f ms", sent);
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
