// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import java.io.IOException;

/** The way of a generation to another node. */
interface Shipment {
  /** Sends a generation to a node and returns when it is held there. */
  void ship(Generation generation, String standby) throws IOException;
}
