// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Path;

/** Puts the output gate on a device before the device can send anything. */
@FunctionalInterface
public interface GateAttachment {
  /**
   * Attaches a closed gate.
   *
   * @param netNamespace path of the pinned network namespace in which the device is
   * @param device its name there
   * @return closed with the sandbox, after its processes are dead
   */
  AutoCloseable attach(Path netNamespace, String device) throws IOException;
}
