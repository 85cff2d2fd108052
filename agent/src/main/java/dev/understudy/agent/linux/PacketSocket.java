// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Whole frames as they come in by the links of a network namespace, with the kernel's time of their
 * coming (packet(7)). What leaves by a link is not shown. For one thread.
 */
public final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW_CLOEXEC_NONBLOCK = 3 | 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_TIMESTAMPNS = 35;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_STATISTICS = 6;
  private static final int PACKET_VNET_HDR = 15;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int ANY_PROTOCOL = 3;
  private static final int ANY_LINK = 0;
  private static final int LINK_ADDRESS_BYTES = 20;

  /** What may wait to be read: seconds of a busy link. */
  private static final int WAITING_BYTES = 16 << 20;

  /** The longest frame that a virtual link carries, and the head that describes it. */
  private static final int FRAME_BYTES = 70_000;

  private static final int MESSAGE_BYTES = 56;
  private static final int CONTROL_BYTES = 64;

  private final int fd;
  private final Memory frame = Memory.ofSize(FRAME_BYTES);
  private final Memory sender = Memory.ofSize(LINK_ADDRESS_BYTES);
  private final Memory control = Memory.ofSize(CONTROL_BYTES);
  private final Memory part = Memory.ofSize(16);
  private final Memory message = Memory.ofSize(MESSAGE_BYTES);
  private long losses;
  private boolean open = true;

  private PacketSocket(int fd) {
    this.fd = fd;
    part.bytes().putLong(0, frame.address()).putLong(8, FRAME_BYTES);
    message.bytes().putLong(0, sender.address()).putLong(16, part.address()).putLong(24, 1);
    message.bytes().putLong(32, control.address());
  }

  /**
   * Hears the first bytes of each frame that comes in by any link of the calling thread's network
   * namespace, also a later one, from one of these senders: IPv4 packets and ARP of either kind.
   *
   * @param ipv4 in host order
   */
  public static PacketSocket ofSenders(List<Integer> ipv4) throws LinuxException {
    PacketSocket socket = create();
    try {
      socket.attach(PacketFilter.senders(ipv4));
      socket.option(SOL_SOCKET, SO_TIMESTAMPNS, 1);
      socket.bind(ANY_LINK);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * All of one link of the calling thread's network namespace, to hand frames on. Each frame begins
   * with ten bytes that say what is left to do for it (checksum, segments), for {@link #send}.
   */
  public static PacketSocket ofLink(String device) throws LinuxException {
    PacketSocket socket = create();
    try (Netlink netlink = Netlink.open()) {
      socket.option(SOL_PACKET, PACKET_VNET_HDR, 1);
      socket.bind(netlink.index(device));
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private static PacketSocket create() throws LinuxException {
    // Protocol 0: nothing is received before the socket is bound with all its options.
    long fd = Kernel.require(Syscall.SOCKET, "packet", AF_PACKET, SOCK_RAW_CLOEXEC_NONBLOCK, 0, 0);
    PacketSocket socket = new PacketSocket((int) fd);
    try {
      socket.option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
      socket.option(SOL_SOCKET, SO_RCVBUFFORCE, WAITING_BYTES);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private void attach(Memory program) throws LinuxException {
    int instructionBytes = 8;
    Memory head = Memory.ofSize(16);
    head.bytes().putShort(0, (short) (program.size() / instructionBytes));
    head.bytes().putLong(8, program.address());
    set(SOL_SOCKET, SO_ATTACH_FILTER, head);
    program.keep();
  }

  private void option(int level, int name, int value) throws LinuxException {
    Memory number = Memory.ofSize(4);
    number.bytes().putInt(0, value);
    set(level, name, number);
  }

  private void set(int level, int name, Memory value) throws LinuxException {
    long result =
        Kernel.call(Syscall.SETSOCKOPT, fd, level, name, value.address(), value.size(), 0);
    value.keep();
    Kernel.succeeded(result, Syscall.SETSOCKOPT, level + "/" + name + " of packet");
  }

  private void bind(int link) throws LinuxException {
    Memory address = Memory.ofSize(LINK_ADDRESS_BYTES);
    address.bytes().putShort(0, (short) AF_PACKET).putInt(4, link);
    address.bytes().put(2, (byte) 0).put(3, (byte) ANY_PROTOCOL);
    Kernel.require(
        Syscall.BIND, "packet to link " + link, fd, address.address(), LINK_ADDRESS_BYTES, 0);
    address.keep();
  }

  /** The descriptor, for a {@link Poller}. */
  public int fd() {
    return fd;
  }

  /**
   * Receives one frame, or what the filter leaves of it, into {@link #bytes()}.
   *
   * @return its length there, or -1 when none waits
   */
  public int receive() throws LinuxException {
    long result;
    do {
      message.bytes().putInt(8, LINK_ADDRESS_BYTES).putLong(40, CONTROL_BYTES).putInt(48, 0);
      control.bytes().putLong(0, 0);
      result = Kernel.call(Syscall.RECVMSG, fd, message.address(), 0, 0);
      message.keep();
      // ENETDOWN tells once that the link went down; it may come up again.
    } while (result == -Errno.EINTR || result == -Errno.ENETDOWN);
    if (result == -Errno.EAGAIN) {
      return -1;
    }
    return (int) Kernel.succeeded(result, Syscall.RECVMSG, "packet");
  }

  /** Where the frame that was received last lies, from index 0. */
  public ByteBuffer bytes() {
    return frame.bytes();
  }

  /** The number of the link by which it came. */
  public int link() {
    return sender.bytes().getInt(4);
  }

  /** When it came, on CLOCK_REALTIME. Only sockets of senders know it. */
  public long realNanos() {
    ByteBuffer bytes = control.bytes();
    if (bytes.getLong(0) < 32 || bytes.getInt(12) != SO_TIMESTAMPNS) {
      throw new IllegalStateException("a frame came without a time");
    }
    return bytes.getLong(16) * 1_000_000_000L + bytes.getLong(24);
  }

  /**
   * Sends a frame, head included, by the link that the socket is bound to; the buffer stays as it
   * is.
   *
   * @return false when the link does not take it, which is a lost frame
   */
  public boolean send(ByteBuffer headAndFrame) {
    int length = headAndFrame.remaining();
    frame.bytes().put(0, headAndFrame, headAndFrame.position(), length);
    long result;
    do {
      result = Kernel.call(Syscall.SENDTO, fd, frame.address(), length, 0, 0, 0);
    } while (result == -Errno.EINTR);
    frame.keep();
    return result >= 0;
  }

  /** How many frames found no room to wait in, since the socket was opened. */
  public long losses() throws LinuxException {
    Memory counts = Memory.ofSize(12);
    Memory size = Memory.ofSize(4);
    size.bytes().putInt(0, counts.size());
    long result =
        Kernel.call(
            Syscall.GETSOCKOPT,
            fd,
            SOL_PACKET,
            PACKET_STATISTICS,
            counts.address(),
            size.address(),
            0);
    counts.keep();
    size.keep();
    Kernel.succeeded(result, Syscall.GETSOCKOPT, "statistics of packet");
    // Reading sets the kernel's own counters back.
    losses += Integer.toUnsignedLong(counts.bytes().getInt(4));
    return losses;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
