// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.MacAddress;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What leads from a node or from the client to its port of the switch. No program is needed to set
 * it up: not every minimal system has {@code ip}.
 *
 * @param bridge the hardware address of the node's bridge; empty for the client, which has none
 * @param address IPv4 in host order
 * @param prefix length of the network's part in bits
 * @param routes to other networks
 */
public record Uplink(Optional<MacAddress> bridge, int address, int prefix, List<Route> routes) {
  public Uplink {
    routes = List.copyOf(routes);
  }

  /** What leads to its own network only. */
  public Uplink(Optional<MacAddress> bridge, int address, int prefix) {
    this(bridge, address, prefix, List.of());
  }

  /**
   * The way to another network.
   *
   * @param network IPv4 in host order
   * @param prefix length of the network's part in bits
   * @param gateway IPv4 in host order; empty when the network is to be asked for directly
   */
  public record Route(int network, int prefix, OptionalInt gateway) {}

  /** The inner end of the port. */
  public static final String DEVICE = "eth0";

  /** The bridge of a node, into which the agent puts its workloads. */
  static final String BRIDGE = "br0";

  /** Sets everything up in the calling thread's network namespace, which has the device. */
  public void setUp() throws IOException {
    Namespaces.disableIpv6();
    try (Netlink netlink = Netlink.open()) {
      netlink.setUp("lo");
      if (bridge.isPresent()) {
        Namespaces.disableBridgeDetour();
        netlink.createBridge(BRIDGE);
        // A bridge without an address of its own would change it with its ports.
        netlink.setHardwareAddress(BRIDGE, bridge.get());
        netlink.setMaster(DEVICE, BRIDGE);
        netlink.setUp(BRIDGE);
      }
      netlink.addAddress(bridge.isPresent() ? BRIDGE : DEVICE, address, prefix);
      netlink.setUp(DEVICE);
      for (Route route : routes) {
        netlink.addRoute(route.network(), route.prefix(), route.gateway(), DEVICE);
      }
    }
  }
}
