// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Link;
import java.io.IOException;

/** Every gate there is. */
enum Gates {
  EBPF,
  NFTABLES_EGRESS,
  NFTABLES_OUTPUT;

  /** Attaches it to the host's end of a link. */
  OutputGate attach(Link link) throws IOException {
    return switch (this) {
      case EBPF -> EbpfGate.attach(link.host(), Link.HOST_DEVICE);
      case NFTABLES_EGRESS ->
          NftablesGate.attach(link.host(), Link.HOST_DEVICE, NftablesGate.Hook.EGRESS);
      case NFTABLES_OUTPUT ->
          NftablesGate.attach(link.host(), Link.HOST_DEVICE, NftablesGate.Hook.OUTPUT);
    };
  }

  /** How long before its deadline a gate may shut, in ticks of the kernel. */
  int earlyTicks() {
    return this == EBPF ? 0 : 4;
  }

  /** Whether it sees frames that a packet socket sends. */
  boolean seesPacketSockets() {
    return this != NFTABLES_OUTPUT;
  }
}
