// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Bounded waits for what is to come. */
final class Wait {
  private static final long EVERY_MILLIS = 50;

  private Wait() {}

  static <T> T until(
      String what, double seconds, Supplier<String> evidence, Callable<Optional<T>> look)
      throws Exception {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (true) {
      Optional<T> found = look.call();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within " + seconds + " s: " + what + System.lineSeparator() + evidence.get());
      }
      Thread.sleep(EVERY_MILLIS);
    }
  }

  static void that(
      String what, double seconds, Supplier<String> evidence, Callable<Boolean> condition)
      throws Exception {
    boolean _ =
        until(
            what, seconds, evidence, () -> condition.call() ? Optional.of(true) : Optional.empty());
  }
}
