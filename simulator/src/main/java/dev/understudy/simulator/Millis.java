// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** Times for people, by whole numbers. */
final class Millis {
  private Millis() {}

  static String text(long nanos) {
    if (nanos >= Fault.FOREVER) {
      return "ever";
    }
    long micros = nanos / 1_000;
    return micros / 1_000 + "." + String.format("%03d", micros % 1_000) + " ms";
  }
}
