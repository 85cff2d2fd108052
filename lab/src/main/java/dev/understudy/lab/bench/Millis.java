// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

/**
 * Milliseconds for documents: to the microsecond, which is finer than anything here is measured.
 */
public final class Millis {
  private Millis() {}

  public static double of(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  static double rounded(double millis) {
    return Math.round(millis * 1e3) / 1e3;
  }
}
