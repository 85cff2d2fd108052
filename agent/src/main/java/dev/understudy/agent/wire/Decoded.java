// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.Datagram;

/** What bytes from the network turned out to be. */
public sealed interface Decoded {
  /** A datagram that a holder of the cluster's key wrote. */
  record Authentic(Datagram datagram) implements Decoded {}

  /** Nothing that may be used. */
  record Dropped(Drop why) implements Decoded {}
}
