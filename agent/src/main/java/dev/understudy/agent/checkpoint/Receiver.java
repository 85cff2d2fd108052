// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.core.protocol.GenerationId;
import java.nio.file.Path;
import java.util.Optional;

/** What a {@link ShipServer} asks the agent, from its own threads. */
public interface Receiver {
  /** The answer to an offer. */
  sealed interface Answer {
    /**
     * Send it.
     *
     * @param generations directory of the workload's generations
     * @param mostBytes larger ones are refused
     * @param offeredBootNanos when it was offered, on this node's CLOCK_BOOTTIME
     * @param base a complete generation whose equal chunks need not be sent again; it must stay
     *     until the transfer ends
     */
    record Accept(
        Path generations, long mostBytes, long offeredBootNanos, Optional<Generation> base)
        implements Answer {}

    /** Do not, for this reason. */
    record Decline(String reason) implements Answer {}
  }

  /** Whether that generation of that workload is wanted here, now. */
  Answer offered(String workload, GenerationId id);

  /**
   * A generation lies here whole. The sender is told afterwards, so this returns when the copy is
   * held, well within the time in which the sender expects an answer.
   *
   * @param offeredBootNanos as it was accepted: it was captured before that
   * @return why it is not held; empty when it is
   */
  Optional<String> complete(Generation generation, long offeredBootNanos);
}
