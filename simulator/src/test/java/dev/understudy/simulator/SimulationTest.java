// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final long SECOND = 1_000_000_000L;

  /** More runs for who has time: {@code -Dunderstudy.seeds=1000}. */
  private static final long SEEDS = Long.getLong("understudy.seeds", 24);

  @Test
  void roughWeatherBreaksNoRule() throws InterruptedException {
    Campaign.Result result =
        Campaign.run(
            new Campaign.Options(1, SEEDS, 1, Weather.ROUGH, false, 2),
            Model.REAL,
            (_, _, _) -> {});
    assertThat(result.failed()).isEmpty();
    assertThat(result.seeds()).isEqualTo(SEEDS);
    assertThat(result.lapses()).isPositive();
  }

  @Test
  void mildWeatherCostsNobodyHisReign() throws InterruptedException {
    Campaign.Result result =
        Campaign.run(
            new Campaign.Options(1, SEEDS / 3, 2, Weather.MILD, false, 2),
            Model.REAL,
            (_, _, _) -> {});
    assertThat(result.failed()).isEmpty();
    assertThat(result.falseFailoverSeeds()).isEmpty();
  }

  @Test
  void sameSeedHasTheSameHashWhoeverReads() {
    for (long seed = 1; seed <= 12; seed++) {
      Plan plan = Faults.plan(seed, 5 * SECOND, Weather.ROUGH);
      List<String> story = new ArrayList<>();
      RunResult silent = Simulation.run(plan, Model.REAL, Trace.NONE);
      RunResult told =
          Simulation.run(plan, Model.REAL, (at, who, text) -> story.add(at + who + text));
      assertThat(told).isEqualTo(silent);
      assertThat(story).isNotEmpty();
    }
  }

  /** Whoever means to change what happens in a run changes this as well, and says so. */
  @Test
  void sameSeedHasTheSameHashEverywhere() {
    RunResult result = Simulation.run(plan(7), Model.REAL, Trace.NONE);
    assertThat(TraceHash.text(result.traceHash())).isEqualTo("617df0d88da48e37");
  }

  @Test
  void otherSeedHasAnotherHash() {
    long one = Simulation.run(plan(1), Model.REAL, Trace.NONE).traceHash();
    long other = Simulation.run(plan(2), Model.REAL, Trace.NONE).traceHash();
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void threadsChangeNothing() throws InterruptedException {
    Campaign.Result alone =
        Campaign.run(
            new Campaign.Options(1, 6, 1, Weather.ROUGH, false, 1), Model.REAL, (_, _, _) -> {});
    Campaign.Result together =
        Campaign.run(
            new Campaign.Options(1, 6, 1, Weather.ROUGH, false, 3), Model.REAL, (_, _, _) -> {});
    assertThat(together.traceHash()).isEqualTo(alone.traceHash());
    assertThat(together.events()).isEqualTo(alone.events());
  }

  /** A reign was raised, lapsed before its gate moved again, and its process was woken. */
  @Test
  void processStopsUnderTheRaisedEpoch() {
    long storm = 120 * SECOND;
    Plan plan = Faults.plan(2_992_318_100_307L, storm, Weather.ROUGH);
    assertThat(Simulation.runUntil(plan, Model.REAL, Trace.NONE, 100 * SECOND).violation())
        .isEmpty();
  }

  /** A step that is the first late one ends a reign, though its user wants it to go on alone. */
  @Test
  void whoComesLateDoesNotGoOnAlone() {
    Plan plan = Faults.plan(880_572, 120 * SECOND, Weather.ROUGH);
    assertThat(Simulation.runUntil(plan, Model.REAL, Trace.NONE, 85 * SECOND).violation())
        .isEmpty();
  }

  /** Whoever says "for ever" of a majority cannot have an active at the end. */
  @Test
  void missingActiveIsFoundOut() {
    Plan plan = plan(4);
    List<Fault> faults = new ArrayList<>(plan.faults());
    for (String node : plan.setup().nodes()) {
      faults.add(new Fault.Isolate(4 * SECOND, Fault.FOREVER, node, Fault.Way.BOTH));
    }
    RunResult result = Simulation.run(plan.with(faults), Model.REAL, Trace.NONE);
    assertThat(result.violation())
        .hasValueSatisfying(v -> assertThat(v.rule()).isEqualTo(Violation.LIVENESS));
  }

  private static Plan plan(long seed) {
    return Faults.plan(seed, 5 * SECOND, Weather.ROUGH);
  }
}
