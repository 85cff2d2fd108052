// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.MacAddress;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import java.io.IOException;
import java.util.Optional;

/**
 * What leads from a node or from the client to its port of the switch. No program is needed to set
 * it up: not every minimal system has {@code ip}.
 *
 * @param bridge the hardware address of the node's bridge; empty for the client, which has none
 * @param address IPv4 in host order
 * @param prefix length of the network's part in bits
 */
record Uplink(Optional<MacAddress> bridge, int address, int prefix) {
  /** The inner end of the port. */
  static final String DEVICE = "eth0";

  /** The bridge of a node, into which the agent puts its workloads. */
  static final String BRIDGE = "br0";

  /** Sets everything up in the calling thread's network namespace, which has the device. */
  void setUp() throws IOException {
    Namespaces.disableIpv6();
    try (Netlink netlink = Netlink.open()) {
      netlink.setUp("lo");
      if (bridge.isPresent()) {
        netlink.createBridge(BRIDGE);
        // A bridge without an address of its own would change it with its ports.
        netlink.setHardwareAddress(BRIDGE, bridge.get());
        netlink.setMaster(DEVICE, BRIDGE);
        netlink.setUp(BRIDGE);
      }
      netlink.addAddress(bridge.isPresent() ? BRIDGE : DEVICE, address, prefix);
      netlink.setUp(DEVICE);
    }
  }
}
