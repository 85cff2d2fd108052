// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.core.protocol.GenerationId;

/**
 * A generation that is restored and stands, one signal away from running.
 *
 * @param generation which one
 * @param copy its processes and files; the running copy once it is woken
 * @param processes how many processes stand
 */
public record HeldCopy(Generation generation, Copy copy, int processes) {
  /** Which generation it is. */
  public GenerationId id() {
    return generation.id();
  }

  /**
   * Lets it run: only signals, for the failover path.
   *
   * @return false when its root process is gone
   */
  public boolean wake() throws LinuxException {
    return copy.tree().wake();
  }
}
