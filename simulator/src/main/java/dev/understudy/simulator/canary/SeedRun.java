// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import dev.understudy.simulator.Faults;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.Plan;
import dev.understudy.simulator.RunResult;
import dev.understudy.simulator.Simulation;
import dev.understudy.simulator.Trace;
import dev.understudy.simulator.Weather;
import java.util.List;
import java.util.function.Function;

/**
 * One run of one seed with a planted fault. It lives in the class loader of the fault, so that it
 * is spoken to by strings: the canary's name, the weather and the seed; and answers with the rule
 * that broke, a blank and a sentence, or with nothing.
 */
public final class SeedRun implements Function<List<String>, String> {
  private static final long STORM_NANOS = 20_000_000_000L;

  /** For the class loader. */
  public SeedRun() {}

  @Override
  public String apply(List<String> request) {
    Model model = FaultyModels.of(request.get(0));
    Weather weather = Weather.valueOf(request.get(1));
    Plan plan = Faults.plan(Long.parseLong(request.get(2)), STORM_NANOS, weather);
    RunResult result = Simulation.run(plan, model, Trace.NONE);
    if (result.violation().isPresent()) {
      return result.violation().get().rule() + " " + result.violation().get().text();
    }
    boolean needless = weather == Weather.MILD && result.falseFailovers() > 0;
    return needless ? "false-failover " + result.falseFailovers() + " of them" : "";
  }
}
