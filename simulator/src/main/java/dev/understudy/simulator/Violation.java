// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/**
 * A broken rule; the first one ends a run.
 *
 * @param rule short name of what was broken
 * @param atNanos true time since the run began
 * @param text what happened, with the values
 */
public record Violation(String rule, long atNanos, String text) {
  /** The rule that somebody is active again in bounded time once all is well. */
  public static final String LIVENESS = "liveness";
}
