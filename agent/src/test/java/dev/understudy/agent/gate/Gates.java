// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.NetlinkSocket;
import java.io.IOException;

/** Every gate there is. */
enum Gates {
  EBPF,
  NFTABLES;

  /** Attaches it where all that the host sends comes in: to the neighbour's end of a link. */
  OutputGate attach(Link link) throws IOException {
    return Namespaces.callIn(
        link.neighbour(),
        () ->
            switch (this) {
              case EBPF -> EbpfGate.attach(Link.NEIGHBOUR_DEVICE);
              case NFTABLES -> NftablesGate.attach(Link.NEIGHBOUR_DEVICE);
            });
  }

  /** Attaches the best one there. */
  static OutputGates.Choice choose(Link link) throws IOException {
    return Namespaces.callIn(link.neighbour(), () -> OutputGates.choose(Link.NEIGHBOUR_DEVICE));
  }

  /** What the kernel says there. */
  static boolean isShut(Link link, OutputGate gate) throws IOException {
    return Namespaces.callIn(link.neighbour(), gate::isShut);
  }

  /** Deletes a gate's table in the calling thread's network namespace, as an administrator can. */
  static void deleteTable(String device) throws LinuxException {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
      NftablesBatch batch = new NftablesBatch();
      batch.deleteTable(NftablesGate.NETDEV, NftablesGate.table(device));
      socket.transact(batch.finished(), "delete the table");
    }
  }

  /** How long before its deadline a gate may shut, in ticks of the kernel. */
  int earlyTicks() {
    return this == EBPF ? 0 : 4;
  }
}
