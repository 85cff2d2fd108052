// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

/** How one transfer went. */
public sealed interface ShipResult {
  /**
   * The standby has the whole generation.
   *
   * @param sentBytes over the network
   * @param reusedBytes of files that the standby had from a former generation
   * @param nanos from the connection until the standby's word
   */
  record Shipped(long sentBytes, long reusedBytes, long nanos) implements ShipResult {}

  /** The standby does not want it, and says why in one sentence. */
  record Refused(String reason) implements ShipResult {}

  /** The transfer broke; the standby keeps nothing of it. */
  record ShipFailed(String reason) implements ShipResult {}
}
