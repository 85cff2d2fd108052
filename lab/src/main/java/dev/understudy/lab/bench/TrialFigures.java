// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.lab.probe.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Collects the values of trials until a row is made of them. */
final class TrialFigures {
  private final List<Double> outage = new ArrayList<>();
  private final List<Double> detection = new ArrayList<>();
  private final List<Double> wake = new ArrayList<>();
  private final List<Double> firstAnswer = new ArrayList<>();
  private final List<Double> pauses = new ArrayList<>();
  private final List<Double> stalls = new ArrayList<>();
  private final List<Double> probeGaps = new ArrayList<>();
  private final List<Double> ticks = new ArrayList<>();
  private final List<Double> ages = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int recovered;

  /** A trial that came to its end; its values count, whether or not the state survived. */
  void add(String run, Trial trial) {
    if (trial.recovered()) {
      recovered++;
    }
    trial.objection().ifPresent(why -> failures.add(run + why));
    outage.add(trial.outageMs());
    addPresent(detection, trial.detectionMs());
    addPresent(wake, trial.wakeMs());
    addPresent(firstAnswer, trial.firstAnswerMs());
    trial.pauses().stream().map(Gap::nanos).map(Millis::of).forEach(pauses::add);
    trial.stalls().stream().map(Gap::nanos).map(Millis::of).forEach(stalls::add);
    probeGaps.add(trial.probeGapMs());
    ticks.add((double) trial.outage().ticksLost());
    if (!Double.isNaN(trial.stateAgeMs())) {
      ages.add(Millis.rounded(trial.stateAgeMs()));
    }
  }

  /** A trial without anything to measure. */
  void addFailure(String why) {
    failures.add(why);
  }

  BenchReport.Row row(CountCluster size, int runs) {
    return new BenchReport.Row(
        size.strategy().name().toLowerCase(Locale.ROOT),
        Bench.NODE_CRASH,
        size.memoryBytes(),
        runs,
        recovered,
        Figures.of(outage),
        Figures.of(detection),
        Figures.of(wake),
        Figures.of(firstAnswer),
        Figures.of(pauses),
        Figures.of(stalls),
        Figures.of(probeGaps),
        Figures.of(ticks),
        Figures.of(ages),
        List.copyOf(failures));
  }

  private static void addPresent(List<Double> values, OptionalDouble value) {
    value.ifPresent(values::add);
  }
}
