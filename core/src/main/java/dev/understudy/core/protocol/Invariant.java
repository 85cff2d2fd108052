// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** Claims that stay on in production: a broken one means wrong code, and ends the agent. */
final class Invariant {
  private Invariant() {}

  static void holds(boolean condition, String claim, Object first, Object second) {
    if (!condition) {
      throw new IllegalStateException("broken: " + claim + ": " + first + " against " + second);
    }
  }
}
