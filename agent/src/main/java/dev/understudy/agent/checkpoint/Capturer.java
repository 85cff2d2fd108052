// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Copy;
import dev.understudy.core.protocol.GenerationId;
import java.util.Optional;

/** How the state of a running program becomes a generation. */
@FunctionalInterface
public interface Capturer {
  /**
   * Captures; blocks until the generation is complete or given up. Never two at once for one copy.
   *
   * @param id under which the generation will be known
   * @param former one that was captured here before, which need not exist any more
   */
  CaptureResult capture(Copy copy, GenerationId id, Optional<Generation> former);
}
