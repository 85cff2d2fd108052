// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.api.records.CriuRestore;

/** How holding a generation went. In both cases the former held copy is untouched. */
public sealed interface HoldResult {
  /**
   * The copy stands. Whoever called exchanges it for the former one, then discards that.
   *
   * @param holdNanos from the beginning of the verification until everything stood
   * @param criu CRIU's own figures
   */
  record Held(HeldCopy copy, long holdNanos, CriuRestore criu) implements HoldResult {}

  /**
   * Nothing of it is left running or mounted.
   *
   * @param reason one sentence, with CRIU's own words where it was CRIU that refused
   */
  record HoldFailed(String reason) implements HoldResult {}
}
