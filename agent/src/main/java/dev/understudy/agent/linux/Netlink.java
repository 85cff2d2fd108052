// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import dev.understudy.api.cluster.Ipv4;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Links and addresses of the network namespace in which it was opened, without the program {@code
 * ip} (rtnetlink(7)). For one thread at a time.
 */
public final class Netlink implements AutoCloseable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_NEWROUTE = 24;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_PID = 19;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFLA_BR_FORWARD_DELAY = 1;
  private static final int IFLA_BR_MCAST_SNOOPING = 23;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int AF_INET = 2;
  private static final int IFF_UP = 1;
  private static final int LINK_PART_BYTES = 16;
  private static final int MESSAGE_BYTES = 4096;

  private final NetlinkSocket socket;
  private final NetlinkMessage message = new NetlinkMessage(MESSAGE_BYTES);
  private int sequence;

  private Netlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** A view of the calling thread's network namespace. */
  public static Netlink open() throws LinuxException {
    return new Netlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
  }

  /** What the kernel knows of a link. */
  private record Link(int index, MacAddress address, int flags) {}

  /** Makes a bridge, down, that forwards at once and sends no multicast queries of its own. */
  public void createBridge(String name) throws LinuxException {
    beginNewLink(name);
    int info = message.nest(IFLA_LINKINFO);
    message.attribute(IFLA_INFO_KIND, "bridge");
    int data = message.nest(IFLA_INFO_DATA);
    message.attribute(IFLA_BR_FORWARD_DELAY, 0);
    message.attribute(IFLA_BR_MCAST_SNOOPING, new byte[] {0});
    message.endNest(data).endNest(info).end();
    send("create bridge " + name);
  }

  /** Makes a veth pair, both ends here and down. */
  public void createVeth(String name, String peer) throws LinuxException {
    createVeth(name, peer, () -> {}, "");
  }

  /** Makes a veth pair whose peer is in the network namespace of a file. */
  public void createVeth(String name, String peer, Path peerNetns) throws LinuxException {
    int fd = Namespaces.openReadOnly(peerNetns);
    try {
      String where = " in " + peerNetns;
      createVeth(name, peer, () -> message.attribute(IFLA_NET_NS_FD, fd), where);
    } finally {
      Kernel.close(fd);
    }
  }

  /** Makes a veth pair whose peer is in the network namespace of a process. */
  public void createVeth(String name, String peer, long peerPid) throws LinuxException {
    int pid = Math.toIntExact(peerPid);
    String where = " in that of process " + pid;
    createVeth(name, peer, () -> message.attribute(IFLA_NET_NS_PID, pid), where);
  }

  private void createVeth(String name, String peer, Runnable place, String where)
      throws LinuxException {
    beginNewLink(name);
    int info = message.nest(IFLA_LINKINFO);
    message.attribute(IFLA_INFO_KIND, "veth");
    int data = message.nest(IFLA_INFO_DATA);
    int other = message.nest(VETH_INFO_PEER);
    linkPart(0, 0, 0);
    message.attribute(IFLA_IFNAME, peer);
    place.run();
    message.endNest(other).endNest(data).endNest(info).end();
    send("create veth " + name + " with " + peer + where);
  }

  /** Moves a link into the network namespace of a file, which takes it down and its addresses. */
  public void move(String name, Path netns) throws LinuxException {
    int fd = Namespaces.openReadOnly(netns);
    try {
      beginChange(name, 0, 0);
      message.attribute(IFLA_NET_NS_FD, fd).end();
      send("move " + name + " to " + netns);
    } finally {
      Kernel.close(fd);
    }
  }

  /** Sets a link up. */
  public void setUp(String name) throws LinuxException {
    beginChange(name, IFF_UP, IFF_UP);
    message.end();
    send("set up " + name);
  }

  /** Sets a link down. */
  public void setDown(String name) throws LinuxException {
    beginChange(name, 0, IFF_UP);
    message.end();
    send("set down " + name);
  }

  /** Whether a link is set up, whatever its carrier. */
  public boolean isUp(String name) throws LinuxException {
    return (link(name).flags & IFF_UP) != 0;
  }

  /** Puts a link into a bridge. */
  public void setMaster(String name, String bridge) throws LinuxException {
    int master = index(bridge);
    beginChange(name, 0, 0);
    message.attribute(IFLA_MASTER, master).end();
    send("put " + name + " into " + bridge);
  }

  /** Takes a link out of its bridge. */
  public void clearMaster(String name) throws LinuxException {
    beginChange(name, 0, 0);
    message.attribute(IFLA_MASTER, 0).end();
    send("take " + name + " out of its bridge");
  }

  /** Gives a link another hardware address. */
  public void setHardwareAddress(String name, MacAddress address) throws LinuxException {
    beginChange(name, 0, 0);
    message.attribute(IFLA_ADDRESS, address.bytes()).end();
    send("give " + name + " the address " + address);
  }

  /** Sets the longest packet of a link, in bytes. */
  public void setMtu(String name, int bytes) throws LinuxException {
    beginChange(name, 0, 0);
    message.attribute(IFLA_MTU, bytes).end();
    send("set the MTU of " + name + " to " + bytes);
  }

  /**
   * Gives a link an address.
   *
   * @param ipv4 in host order
   * @param prefix length of the network's part in bits
   */
  public void addAddress(String name, int ipv4, int prefix) throws LinuxException {
    int index = index(name);
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    flags |= NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    message.clear().begin(RTM_NEWADDR, flags, ++sequence);
    message.int8(AF_INET).int8(prefix).int8(0).int8(0).int32(index);
    message.attributeNetworkOrder(IFA_LOCAL, ipv4).attributeNetworkOrder(IFA_ADDRESS, ipv4);
    message.end();
    send("add address " + Ipv4.text(ipv4) + "/" + prefix + " to " + name);
  }

  /** Sends what is for no other network to a gateway. */
  public void addDefaultRoute(int gateway) throws LinuxException {
    beginNewRoute(0, SCOPE_UNIVERSE);
    message.attributeNetworkOrder(RTA_GATEWAY, gateway).end();
    send("add default route by " + Ipv4.text(gateway));
  }

  /**
   * Sends what is for a network out of a link.
   *
   * @param network IPv4 in host order
   * @param prefix length of the network's part in bits
   * @param gateway IPv4 in host order; empty to ask for each address on the link itself
   * @param name of the link
   */
  public void addRoute(int network, int prefix, OptionalInt gateway, String name)
      throws LinuxException {
    int index = index(name);
    beginNewRoute(prefix, gateway.isPresent() ? SCOPE_UNIVERSE : SCOPE_LINK);
    message.attributeNetworkOrder(RTA_DST, network).attribute(RTA_OIF, index);
    if (gateway.isPresent()) {
      message.attributeNetworkOrder(RTA_GATEWAY, gateway.getAsInt());
    }
    message.end();
    send("add a route to " + Ipv4.text(network) + "/" + prefix);
  }

  private void beginNewRoute(int prefix, int scope) {
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    flags |= NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    message.clear().begin(RTM_NEWROUTE, flags, ++sequence);
    int mainTable = 254;
    int protocolBoot = 3;
    int unicast = 1;
    message.int8(AF_INET).int8(prefix).int8(0).int8(0);
    message.int8(mainTable).int8(protocolBoot).int8(scope).int8(unicast).int32(0);
  }

  /** Deletes a link; with one end of a veth pair goes the other. */
  public void delete(String name) throws LinuxException {
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    message.clear().begin(RTM_DELLINK, flags, ++sequence);
    linkPart(index(name), 0, 0);
    message.end();
    send("delete " + name);
  }

  /** A link's number. */
  public int index(String name) throws LinuxException {
    return link(name).index;
  }

  /** Whether there is a link of that name. */
  public boolean exists(String name) throws LinuxException {
    try {
      var _ = link(name);
      return true;
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENODEV) {
        return false;
      }
      throw e;
    }
  }

  /** A link's hardware address. */
  public MacAddress macAddress(String name) throws LinuxException {
    return link(name).address;
  }

  /** Asks for one link; in a buffer of its own, since callers have begun a message already. */
  private Link link(String name) throws LinuxException {
    NetlinkMessage request = new NetlinkMessage(256);
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    request.begin(RTM_GETLINK, flags, ++sequence);
    request.int32(0).int32(0).int32(0).int32(0).attribute(IFLA_IFNAME, name).end();
    LinkReader reader = new LinkReader();
    socket.transact(request, "look up link " + name, reader);
    if (reader.found == null) {
      throw new IllegalStateException("the kernel acknowledged " + name + " without showing it");
    }
    return reader.found;
  }

  private static final class LinkReader implements NetlinkSocket.Visitor {
    private @Nullable Link found;

    @Override
    public void message(int type, ByteBuffer bytes, int from, int to) {
      if (type == RTM_NEWLINK) {
        int at = NetlinkMessage.find(bytes, from + LINK_PART_BYTES, to, IFLA_ADDRESS);
        MacAddress address = at < 0 ? new MacAddress(0) : MacAddress.at(bytes, at);
        found = new Link(bytes.getInt(from + 4), address, bytes.getInt(from + 8));
      }
    }
  }

  private void beginNewLink(String name) {
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    flags |= NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    message.clear().begin(RTM_NEWLINK, flags, ++sequence);
    linkPart(0, 0, 0);
    message.attribute(IFLA_IFNAME, name);
  }

  private void beginChange(String name, int interfaceFlags, int change) throws LinuxException {
    int index = index(name);
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
    message.clear().begin(RTM_NEWLINK, flags, ++sequence);
    linkPart(index, interfaceFlags, change);
  }

  private void linkPart(int index, int interfaceFlags, int change) {
    message.int8(0).int8(0).int16(0).int32(index).int32(interfaceFlags).int32(change);
  }

  private void send(String what) throws LinuxException {
    socket.transact(message, what);
  }

  @Override
  public void close() {
    socket.close();
  }
}
