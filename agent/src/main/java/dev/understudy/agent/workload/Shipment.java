// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.ShipResult;
import dev.understudy.agent.runtime.Cancellation;
import java.io.IOException;

/** The way of a generation to another node. */
public interface Shipment {
  /**
   * Sends a generation to a node and returns when it is held there, with what it took.
   *
   * @throws IOException when it is not, soon after it was cancelled
   */
  ShipResult.Shipped ship(Generation generation, String standby, Cancellation cancellation)
      throws IOException;
}
