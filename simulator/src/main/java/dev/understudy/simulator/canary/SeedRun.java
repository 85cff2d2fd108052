// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import dev.understudy.simulator.Faults;
import dev.understudy.simulator.Pace;
import dev.understudy.simulator.Plan;
import dev.understudy.simulator.RunResult;
import dev.understudy.simulator.Setup;
import dev.understudy.simulator.Simulation;
import dev.understudy.simulator.Trace;
import dev.understudy.simulator.Weather;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One run of one seed with a planted fault. It lives in the class loader of the fault, so that it
 * is spoken to by strings: the canary's name, the cluster and the seed; and answers with the rule
 * that broke, a blank and a sentence, or with nothing.
 */
public final class SeedRun implements Function<List<String>, String> {
  private static final long SECOND = 1_000_000_000L;
  private static final long STORM_NANOS = 20 * SECOND;
  private static final long MIDDLE_STORM_NANOS = 10 * SECOND;
  private static final long SHORT_STORM_NANOS = 5 * SECOND;
  private static final long INTERVAL_NANOS = SECOND / 5;

  /** For the class loader. */
  public SeedRun() {}

  @Override
  public String apply(List<String> request) {
    long seed = Long.parseLong(request.get(2));
    Plan plan =
        switch (Canary.Cluster.valueOf(request.get(1))) {
          case DRAWN -> Faults.plan(seed, STORM_NANOS, Weather.ROUGH);
          case THREE -> Faults.plan(seed, three(), MIDDLE_STORM_NANOS, Weather.ROUGH);
          case CHANGING -> Faults.ofChanges(seed, changing(), MIDDLE_STORM_NANOS);
          case MANY -> Faults.plan(seed, many(), SHORT_STORM_NANOS, Weather.ROUGH);
          case FIVE_RUNNERS -> Faults.plan(seed, fiveRunners(), SHORT_STORM_NANOS, Weather.ROUGH);
        };
    RunResult result = Simulation.run(plan, FaultyModels.of(request.get(0)), Trace.NONE);
    return result.violation().map(v -> v.rule() + " " + v.text()).orElse("");
  }

  private static Setup three() {
    return Setup.of(Timing.FAST, "w1", List.of("a", "b", "c"));
  }

  private static Setup changing() {
    List<String> nodes = List.of("a", "b", "c", "d", "e");
    GroupConfig group =
        new GroupConfig(
            "w1",
            nodes,
            nodes,
            Quorum.MAJORITY,
            true,
            INTERVAL_NANOS,
            WithoutQuorum.FREEZE,
            List.of("a", "b", "c"));
    return new Setup(Timing.FAST, nodes, List.of(group), Pace.USUAL);
  }

  private static Setup many() {
    List<String> nodes = List.of("a", "b", "c");
    List<GroupConfig> groups = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      groups.add(new GroupConfig("w" + i, nodes, nodes, Quorum.MAJORITY, true, INTERVAL_NANOS));
    }
    return new Setup(Timing.FAST, nodes, groups, Pace.USUAL, 1);
  }

  private static Setup fiveRunners() {
    List<String> nodes = List.of("a", "b", "c", "d", "e");
    GroupConfig group = new GroupConfig("w1", nodes, nodes, Quorum.MAJORITY, false, INTERVAL_NANOS);
    return new Setup(Timing.STANDARD, nodes, List.of(group), Pace.USUAL);
  }
}
