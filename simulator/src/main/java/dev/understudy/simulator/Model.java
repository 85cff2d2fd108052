// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.function.Supplier;

/**
 * What a world is built from, so that one part can be exchanged for a broken one.
 *
 * @param protocol decides on each node
 * @param gates one for each workload on each machine, at each boot
 */
public record Model(ProtocolNode.Factory protocol, Supplier<Gate> gates) {
  /** Everything as it is meant to be. */
  public static final Model REAL = new Model(ProtocolNode::real, Gate.Absolute::new);
}
