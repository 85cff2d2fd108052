// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a set of measured values. Exact, by nearest rank: every figure is a value that
 * was measured.
 *
 * @param p50 half of the values are at most this
 * @param p99 99 of 100 values are at most this; of fewer than 200 values, the largest
 * @param max the largest
 * @param values how many there are
 */
public record Figures(
    @Nullable Double p50, @Nullable Double p99, @Nullable Double max, int values) {

  /** With fewer values the second largest would already pass for the 99th percentile. */
  static final int P99_NEEDS = 200;

  /** Of values in any order; all figures are null when there are none. */
  static Figures of(Collection<Double> measured) {
    double[] sorted = measured.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (Arrays.stream(sorted).anyMatch(Double::isNaN)) {
      throw new IllegalStateException("not a number among " + Arrays.toString(sorted));
    }
    if (sorted.length == 0) {
      return new Figures(null, null, null, 0);
    }
    double max = sorted[sorted.length - 1];
    double p99 = sorted.length < P99_NEEDS ? max : ranked(sorted, 99);
    return new Figures(ranked(sorted, 50), p99, max, sorted.length);
  }

  private static double ranked(double[] sorted, int percent) {
    int rank = Math.ceilDiv(sorted.length * percent, 100);
    return sorted[rank - 1];
  }
}
