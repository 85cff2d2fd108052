// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.duty;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.UdpSocket;
import dev.understudy.api.cluster.NodeSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sending socket for each peer. What waits for the hardware address of a dead peer is charged to
 * the socket that sent it; with one socket for all, a dead peer would fill its buffer within half a
 * minute and silence this node towards the living ones.
 */
public final class Outlets implements AutoCloseable {
  private record Outlet(UdpSocket socket, int address) {}

  private final Map<String, Outlet> byPeer = new TreeMap<>();

  private Outlets() {}

  /** Sockets from this node to every other one. */
  public static Outlets open(NodeSpec self, List<NodeSpec> nodes) throws LinuxException {
    Outlets outlets = new Outlets();
    for (NodeSpec node : nodes) {
      if (!node.name().equals(self.name())) {
        UdpSocket socket = UdpSocket.bind(self.address(), 0);
        outlets.byPeer.put(node.name(), new Outlet(socket, node.address()));
      }
    }
    return outlets;
  }

  /** Sends, or loses the datagram: the protocol lives with lost ones. */
  void send(ByteBuffer datagram, String peer) {
    Outlet outlet = byPeer.get(peer);
    if (outlet == null) {
      throw new IllegalStateException("no way to " + peer + ", only to " + byPeer.keySet());
    }
    outlet.socket.send(datagram, outlet.address, DutyCycle.PORT);
  }

  @Override
  public void close() {
    byPeer.values().forEach(outlet -> outlet.socket.close());
  }
}
