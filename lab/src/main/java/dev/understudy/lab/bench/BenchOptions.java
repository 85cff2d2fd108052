// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.util.List;
import java.util.Optional;

/**
 * What to measure.
 *
 * @param clusters one for each memory size, in the order in which they are measured
 * @param runs counted trials for each of them
 * @param seed of the phases at which faults strike
 * @param watch whether and how long the agents are watched while nothing fails
 */
public record BenchOptions(
    List<CountCluster> clusters, int runs, long seed, Optional<Watch> watch) {
  /**
   * How long agents are watched.
   *
   * @param settleNanos from their start until then
   * @param nanos the time that counts
   */
  public record Watch(long settleNanos, long nanos) {}

  public BenchOptions {
    clusters = List.copyOf(clusters);
    if (clusters.isEmpty() || runs < 1) {
      throw new IllegalArgumentException(
          "at least one memory size and one run are needed, not " + clusters.size() + ", " + runs);
    }
  }
}
