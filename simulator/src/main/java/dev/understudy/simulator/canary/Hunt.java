// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;
import java.util.function.Function;

/** Lets the simulator look for a planted fault, seed after seed. */
public final class Hunt {
  private Hunt() {}

  /**
   * What came of it.
   *
   * @param canary what was looked for
   * @param seedsNeeded the first seed that found it; 0 when none did within the canary's budget
   * @param rule the rule that broke; empty when none did
   * @param text how it broke
   */
  public record Result(Canary canary, int seedsNeeded, String rule, String text) {
    /** Whether it was found. */
    public boolean found() {
      return seedsNeeded > 0;
    }

    /** Whether it was found as one of the rules that it must be found as. */
    public boolean asExpected() {
      return found() && canary.found().contains(rule);
    }
  }

  /**
   * Runs seeds from 1 on until one finds the fault or the budget is spent.
   *
   * @throws StaleCanaryException when the sources have moved on
   */
  public static Result of(Canary canary) throws StaleCanaryException {
    Function<List<String>, String> run = PlantedFault.plant(canary);
    for (int seed = 1; seed <= canary.seedsMost(); seed++) {
      String answer =
          run.apply(List.of(canary.name(), canary.cluster().name(), Integer.toString(seed)));
      if (!answer.isEmpty()) {
        int blank = answer.indexOf(' ');
        return new Result(canary, seed, answer.substring(0, blank), answer.substring(blank + 1));
      }
    }
    return new Result(canary, 0, "", "");
  }
}
