// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.util.List;

/**
 * What to measure.
 *
 * @param clusters one for each memory size, in the order in which they are measured
 * @param runs counted trials for each of them
 * @param seed of the phases at which faults strike
 * @param idleNanos how long the idle agents are watched
 */
public record BenchOptions(List<CountCluster> clusters, int runs, long seed, long idleNanos) {
  public BenchOptions {
    clusters = List.copyOf(clusters);
    if (clusters.isEmpty() || runs < 1) {
      throw new IllegalArgumentException(
          "at least one memory size and one run are needed, not " + clusters.size() + ", " + runs);
    }
  }
}
