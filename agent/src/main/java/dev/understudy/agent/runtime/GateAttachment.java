// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;

/** Puts the output gate where all that a sandbox sends comes in, before it can send anything. */
@FunctionalInterface
public interface GateAttachment {
  /**
   * Attaches a closed gate.
   *
   * @param outerDevice the outer end of the sandbox's veth pair, in the agent's network namespace;
   *     an earlier device of that name, with what an agent had put on it, may have been deleted
   * @return closed with the sandbox, after its processes are dead
   */
  AutoCloseable attach(String outerDevice) throws IOException;
}
