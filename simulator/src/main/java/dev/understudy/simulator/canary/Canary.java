// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import dev.understudy.simulator.Weather;
import java.util.List;

/**
 * A fault planted on purpose.
 *
 * @param name short and unique
 * @param what the fault, in one sentence
 * @param rule the rule of {@code docs/protocol.md} that it breaks
 * @param found as which broken rules the simulator may report it
 * @param seedsMost within so many seeds the simulator must find it
 * @param weather which faults it needs to be found
 * @param patches the changed sources; none if a {@link FaultyModels} of that name is meant
 */
public record Canary(
    String name,
    String what,
    String rule,
    List<String> found,
    int seedsMost,
    Weather weather,
    List<Patch> patches) {
  public Canary {
    found = List.copyOf(found);
    patches = List.copyOf(patches);
  }

  /** A fault of the sources, found in rough weather. */
  static Canary of(
      String name, String what, String rule, String found, int seedsMost, Patch... patches) {
    List<String> rules = List.of(found.split(" "));
    return new Canary(name, what, rule, rules, seedsMost, Weather.ROUGH, List.of(patches));
  }

  /** The same, but for runs in which no healthy active may lose its reign. */
  Canary mild() {
    return new Canary(name, what, rule, found, seedsMost, Weather.MILD, patches);
  }
}
