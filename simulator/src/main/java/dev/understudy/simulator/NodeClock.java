// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/**
 * A machine's CLOCK_BOOTTIME: begins anew with each boot, goes on in suspend, and runs a little too
 * fast or too slow.
 */
final class NodeClock {
  private static final long MILLION = 1_000_000;

  private long baseTrue;
  private long baseLocal;
  private long ppm;

  /** The machine boots: its clock begins with that value. */
  void boot(long now, long local) {
    baseTrue = now;
    baseLocal = local;
  }

  /** From now on it runs that much too fast, or, below zero, too slow. */
  void rate(long now, long newPpm) {
    baseLocal = local(now);
    baseTrue = now;
    ppm = newPpm;
  }

  long local(long now) {
    long passed = now - baseTrue;
    return baseLocal + passed + passed * ppm / MILLION;
  }

  /** The first true time at which the clock shows that or more, if its rate stays as it is. */
  long trueAt(long local) {
    long shown = local - baseLocal;
    if (shown <= 0) {
      return baseTrue;
    }
    long guess = baseTrue + shown - shown * ppm / (MILLION + ppm);
    while (local(guess) < local) {
      guess++;
    }
    while (guess > baseTrue && local(guess - 1) >= local) {
      guess--;
    }
    return guess;
  }
}
