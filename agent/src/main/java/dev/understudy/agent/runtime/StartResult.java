// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.util.List;

/** How a cold start went. */
public sealed interface StartResult {
  /** The program runs. */
  record Started(Copy copy) implements StartResult {}

  /**
   * It does not run, and nothing of it is left.
   *
   * @param reason one sentence
   * @param lastLines what it printed last
   */
  record StartFailed(String reason, List<String> lastLines) implements StartResult {}
}
