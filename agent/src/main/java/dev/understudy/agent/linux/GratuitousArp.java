// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import dev.understudy.api.cluster.Ipv4;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells a link that an address is here now: one ARP request, not a reply, since neighbours ignore
 * unasked replies for up to a second (arp_accept, locktime) but learn from requests at once. The
 * frame is built once; announcing allocates nothing. packet(7), RFC 5227.
 */
public final class GratuitousArp implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW_CLOEXEC_NONBLOCK = 3 | 0x80000 | 0x800;
  private static final int FRAME_BYTES = 42;
  private static final int LINK_ADDRESS_BYTES = 20;
  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int ETHERTYPE_IPV4 = 0x0800;

  private final int fd;
  private final String what;
  private final Memory frame;
  private final Memory link;
  private boolean open = true;

  private GratuitousArp(int fd, String what, Memory frame, Memory link) {
    this.fd = fd;
    this.what = what;
    this.frame = frame;
    this.link = link;
  }

  /**
   * Prepares announcements in the calling thread's network namespace; afterwards any thread may
   * announce. The link's hardware address must not change meanwhile.
   *
   * @param device name of the link that carries the address
   * @param ipv4 the address, in host order
   */
  public static GratuitousArp open(String device, int ipv4) throws LinuxException {
    Memory link = Memory.ofSize(LINK_ADDRESS_BYTES);
    Memory frame;
    try (Netlink netlink = Netlink.open()) {
      frame = frame(netlink.macAddress(device), ipv4);
      link.bytes().putShort(0, (short) AF_PACKET);
      link.bytes().putInt(4, netlink.index(device));
    }
    String what = "ARP of " + Ipv4.text(ipv4) + " on " + device;
    // Protocol 0: the socket receives nothing, so nothing piles up in it.
    long fd = Kernel.require(Syscall.SOCKET, what, AF_PACKET, SOCK_RAW_CLOEXEC_NONBLOCK, 0, 0);
    return new GratuitousArp((int) fd, what, frame, link);
  }

  private static Memory frame(MacAddress own, int ipv4) {
    Memory frame = Memory.ofSize(FRAME_BYTES);
    ByteBuffer bytes = frame.bytes().duplicate().order(ByteOrder.BIG_ENDIAN);
    bytes.put(MacAddress.BROADCAST.bytes()).put(own.bytes()).putShort((short) ETHERTYPE_ARP);
    // Ethernet, IPv4, their lengths, request.
    bytes.putShort((short) 1).putShort((short) ETHERTYPE_IPV4);
    bytes.put((byte) MacAddress.BYTES).put((byte) 4).putShort((short) 1);
    bytes.put(own.bytes()).putInt(ipv4);
    // Nobody's hardware address is asked for by its owner: zero.
    bytes.put(new byte[MacAddress.BYTES]).putInt(ipv4);
    return frame;
  }

  /**
   * Sends one announcement.
   *
   * @return false when the link did not take it: it is down, or its queue is full. Behind an output
   *     gate true says nothing about the gate
   * @throws LinuxException when it can never be sent, such as ENXIO for a link that is gone
   */
  public boolean announce() throws LinuxException {
    long result;
    do {
      result =
          Kernel.call(
              Syscall.SENDTO,
              fd,
              frame.address(),
              FRAME_BYTES,
              0,
              link.address(),
              LINK_ADDRESS_BYTES);
    } while (result == -Errno.EINTR);
    frame.keep();
    link.keep();
    if (result == -Errno.ENOBUFS
        || result == -Errno.EAGAIN
        || result == -Errno.EPERM
        || result == -Errno.ENETDOWN) {
      return false;
    }
    Kernel.succeeded(result, Syscall.SENDTO, what);
    return true;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
