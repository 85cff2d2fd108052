// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.core.protocol.GenerationId;
import java.util.Optional;

/** The place for the newest state of a workload that this node could bring to life. */
sealed interface Slot permits HeldSlot, StateSlot {
  /** Age of that state in nanoseconds; -1 when there is none. On any thread. */
  long ageNanos(long now);

  /** The program runs or starts here from now on: nothing may come to listen beside it. */
  void giveUpRestore();

  /** The program has ended or did not start: what is left of its state can be offered again. */
  void offerAgain();

  /** Whether that generation would be of use here. On the receiver's thread. */
  Receiver.Answer offered(GenerationId id);

  /**
   * Takes what arrived. On the receiver's thread.
   *
   * @param offeredBootNanos when it was offered here
   * @return why it is not held; empty when it is
   */
  Optional<String> receive(Generation generation, long offeredBootNanos);
}
