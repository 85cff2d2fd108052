// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.StateCapture;
import dev.understudy.agent.checkpoint.StateEndpoint;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Failures;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Tells a program that was just started the state that it had elsewhere or before. */
final class StateReturn {
  /** A program that listens later than that has another fault than being slow. */
  private static final long LIMIT_NANOS = 20_000_000_000L;

  private static final long AGAIN_NANOS = 5_000_000L;

  private StateReturn() {}

  /**
   * Tries again and again until the program has taken it; blocks.
   *
   * @param wanted whether it is still of use
   * @return why the program does not have it; empty when it does
   */
  static Optional<String> into(
      Copy copy, Generation state, StateEndpoint endpoint, BooleanSupplier wanted) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      String why;
      try {
        endpoint.write(StateCapture.body(state), StateCapture.type(state));
        return Optional.empty();
      } catch (IOException e) {
        why = Failures.text(e);
      }
      if (!copy.tree().alive()) {
        return Optional.of("the program ended before it took it");
      }
      if (!wanted.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return Optional.of("its reign ended before it took it");
      }
      if (System.nanoTime() - end > 0) {
        return Optional.of(
            "not taken within " + LIMIT_NANOS / 1_000_000_000L + " s, at last: " + why);
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
  }
}
