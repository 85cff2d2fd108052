// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.List;

/**
 * Everything that one run is a function of. A shrunk plan differs from the drawn one by its faults
 * alone.
 *
 * @param seed of all chance
 * @param setup the shape of the cluster
 * @param stormNanos how long faults strike; afterwards only those of nodes that are not healthy
 * @param healthy who is without faults afterwards: of each group a majority and one that may run it
 * @param faults what goes wrong, by time
 */
public record Plan(
    long seed, Setup setup, long stormNanos, List<String> healthy, List<Fault> faults) {
  public Plan {
    healthy = List.copyOf(healthy);
    faults = List.copyOf(faults);
  }

  /** The same with other faults. */
  public Plan with(List<Fault> others) {
    return new Plan(seed, setup, stormNanos, healthy, others);
  }
}
