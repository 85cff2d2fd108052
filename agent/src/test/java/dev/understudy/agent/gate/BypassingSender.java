// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.MacAddress;
import dev.understudy.agent.linux.Memory;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sends datagrams as a workload with CAP_NET_RAW can: whole frames that go from a packet socket
 * straight to the driver, past traffic control and nftables (PACKET_QDISC_BYPASS, packet(7)).
 */
final class BypassingSender implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_QDISC_BYPASS = 20;
  private static final int ETHERNET_BYTES = 14;
  private static final int PAYLOAD_BYTES = 8;
  private static final int PACKET_BYTES = 20 + 8 + PAYLOAD_BYTES;

  private final int fd;
  private final int ifindex;
  private final MacAddress own;
  private final MacAddress neighbour;

  private BypassingSender(int fd, int ifindex, MacAddress own, MacAddress neighbour) {
    this.fd = fd;
    this.ifindex = ifindex;
    this.own = own;
    this.neighbour = neighbour;
  }

  static BypassingSender open(Link link) throws IOException {
    MacAddress neighbour =
        Namespaces.callIn(
            link.neighbour(),
            () -> {
              try (Netlink netlink = Netlink.open()) {
                return netlink.macAddress(Link.NEIGHBOUR_DEVICE);
              }
            });
    return Namespaces.callIn(
        link.host(),
        () -> {
          try (Netlink netlink = Netlink.open()) {
            MacAddress own = netlink.macAddress(Link.HOST_DEVICE);
            return new BypassingSender(socket(), netlink.index(Link.HOST_DEVICE), own, neighbour);
          }
        });
  }

  private static int socket() throws LinuxException {
    String what = "packet socket";
    int fd = (int) Kernel.require(Syscall.SOCKET, what, AF_PACKET, SOCK_RAW_CLOEXEC, 0, 0);
    Memory yes = Memory.ofSize(4);
    yes.bytes().putInt(0, 1);
    long result =
        Kernel.call(Syscall.SETSOCKOPT, fd, SOL_PACKET, PACKET_QDISC_BYPASS, yes.address(), 4, 0);
    yes.keep();
    Kernel.succeeded(result, Syscall.SETSOCKOPT, what);
    return fd;
  }

  /** Sends a payload of 8 bytes to the neighbour's port. */
  void send(ByteBuffer payload) {
    Memory frame = Memory.ofSize(ETHERNET_BYTES + PACKET_BYTES);
    ByteBuffer bytes = frame.bytes().duplicate().order(ByteOrder.BIG_ENDIAN);
    bytes.put(neighbour.bytes()).put(own.bytes()).putShort((short) 0x0800);
    bytes.putShort((short) 0x4500).putShort((short) PACKET_BYTES).putInt(0);
    // 64 hops, UDP, the checksum below.
    bytes.putShort((short) 0x4011).putShort((short) 0).putInt(Link.HOST).putInt(Link.NEIGHBOUR);
    bytes.putShort((short) Wire.PORT).putShort((short) Wire.PORT);
    bytes.putShort((short) (8 + PAYLOAD_BYTES)).putShort((short) 0).put(payload.duplicate());
    bytes.putShort(ETHERNET_BYTES + 10, checksum(bytes));
    Memory address = Memory.ofSize(20);
    address.bytes().putShort(0, (short) AF_PACKET).putInt(4, ifindex);
    long result =
        Kernel.call(
            Syscall.SENDTO,
            fd,
            frame.address(),
            frame.bytes().capacity(),
            0,
            address.address(),
            20);
    frame.keep();
    address.keep();
    if (result < 0) {
      throw new AssertionError("the packet socket does not send: errno " + -result);
    }
  }

  /** Of the IPv4 header, RFC 791. */
  private static short checksum(ByteBuffer frame) {
    int sum = 0;
    for (int at = ETHERNET_BYTES; at < ETHERNET_BYTES + 20; at += 2) {
      sum += frame.getShort(at) & 0xffff;
    }
    return (short) ~((sum & 0xffff) + (sum >>> 16));
  }

  @Override
  public void close() {
    Kernel.close(fd);
  }
}
