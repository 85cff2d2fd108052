// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A netlink socket of the network namespace in which it was opened; later any thread may use it,
 * one at a time (netlink(7)).
 */
public final class NetlinkSocket implements AutoCloseable {
  /** Links and addresses. */
  public static final int ROUTE = 0;

  /** Packet filters. */
  public static final int NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int MESSAGE_ERROR = 2;
  private static final int MESSAGE_DONE = 3;
  private static final int FLAG_EXTENDED = 0x200;
  private static final int EXTENDED_TEXT = 1;
  private static final int MSG_DONTWAIT = 0x40;

  /** The kernel answers within the call; more than this means that it never will. */
  private static final long PATIENCE_SECONDS = 5;

  private static final int ANSWER_BYTES = 65_536;

  private final int fd;
  private final Memory answer = Memory.ofSize(ANSWER_BYTES);
  private boolean open = true;

  private NetlinkSocket(int fd) {
    this.fd = fd;
  }

  /** Sees each message of an answer: its type and where its fixed part begins and ends. */
  @FunctionalInterface
  public interface Visitor {
    /** One message. */
    void message(int type, ByteBuffer bytes, int from, int to);
  }

  /** Opens a socket of a netlink family in the calling thread's network namespace. */
  public static NetlinkSocket open(int protocol) throws LinuxException {
    String what = "netlink " + protocol;
    NetlinkSocket socket =
        new NetlinkSocket(
            (int) Kernel.require(Syscall.SOCKET, what, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol, 0));
    try {
      socket.option(SOL_NETLINK, NETLINK_CAP_ACK, 4, 1, what);
      socket.option(SOL_NETLINK, NETLINK_EXT_ACK, 4, 1, what);
      socket.option(SOL_SOCKET, SO_RCVTIMEO, 16, PATIENCE_SECONDS, what);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private void option(int level, int name, int size, long value, String what)
      throws LinuxException {
    Memory number = Memory.ofSize(16);
    if (size == 4) {
      number.bytes().putInt(0, (int) value);
    } else {
      number.bytes().putLong(0, value);
    }
    long result = Kernel.call(Syscall.SETSOCKOPT, fd, level, name, number.address(), size, 0);
    number.keep();
    Kernel.succeeded(result, Syscall.SETSOCKOPT, name + " of " + what);
  }

  /**
   * Sends messages and waits until each one that asked for it is acknowledged.
   *
   * @param what verb and object, for the error message
   * @throws LinuxException the first refusal, with the kernel's own words if it gave any
   */
  public void transact(NetlinkMessage messages, String what) throws LinuxException {
    transact(messages, what, (type, bytes, from, to) -> {});
  }

  /** The same; other messages of the answer are shown to a visitor. */
  public void transact(NetlinkMessage messages, String what, Visitor visitor)
      throws LinuxException {
    long sent = Kernel.call(Syscall.SENDTO, fd, messages.address(), messages.length(), 0, 0, 0);
    messages.keep();
    if (sent < 0) {
      throw new LinuxException(what, "", (int) -sent);
    }
    int missing = messages.acknowledgements();
    while (missing > 0) {
      int length = receive(0, what);
      try {
        missing -= read(length, what, visitor);
      } catch (LinuxException refused) {
        discardRest(what);
        throw refused;
      }
    }
  }

  /** Sends a dump request and shows each message of the answer to a visitor. */
  public void dump(NetlinkMessage request, String what, Visitor visitor) throws LinuxException {
    long sent = Kernel.call(Syscall.SENDTO, fd, request.address(), request.length(), 0, 0, 0);
    request.keep();
    if (sent < 0) {
      throw new LinuxException(what, "", (int) -sent);
    }
    while (read(receive(0, what), what, visitor) == 0) {
      // A dump of many entries comes in several datagrams; the last one says so.
    }
  }

  private int receive(int flags, String what) throws LinuxException {
    long result;
    do {
      result = Kernel.call(Syscall.RECVFROM, fd, answer.address(), ANSWER_BYTES, flags, 0, 0);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      String detail = result == -Errno.EAGAIN ? "the kernel did not answer" : "";
      throw new LinuxException(what, "", (int) -result, detail);
    }
    return (int) result;
  }

  /** After a refusal further answers to the same batch may wait, which are not the next one's. */
  private void discardRest(String what) throws LinuxException {
    while (true) {
      try {
        var _ = receive(MSG_DONTWAIT, what);
      } catch (LinuxException e) {
        if (e.errno() == Errno.EAGAIN) {
          return;
        }
        throw e;
      }
    }
  }

  /** How many acknowledgements or ends of dumps a datagram holds. */
  private int read(int length, String what, Visitor visitor) throws LinuxException {
    ByteBuffer bytes = answer.bytes();
    int ends = 0;
    int at = 0;
    while (at + NetlinkMessage.HEADER_BYTES <= length) {
      int size = bytes.getInt(at);
      if (size < NetlinkMessage.HEADER_BYTES || at + size > length) {
        throw new IllegalStateException(
            "a netlink message of " + size + " bytes at " + at + " in " + length);
      }
      int type = bytes.getShort(at + 4);
      int from = at + NetlinkMessage.HEADER_BYTES;
      if (type == MESSAGE_ERROR || type == MESSAGE_DONE) {
        int error = size >= NetlinkMessage.HEADER_BYTES + 4 ? bytes.getInt(from) : 0;
        if (error != 0) {
          int flags = bytes.getShort(at + 6);
          throw new LinuxException(what, "", -error, words(type, flags, from, at + size));
        }
        ends++;
      } else {
        visitor.message(type, bytes, from, at + size);
      }
      at += size + 3 & ~3;
    }
    return ends;
  }

  private String words(int type, int flags, int from, int to) {
    if ((flags & FLAG_EXTENDED) == 0) {
      return "";
    }
    // With NETLINK_CAP_ACK only the header of the refused message comes back.
    int attributes = from + 4 + (type == MESSAGE_ERROR ? NetlinkMessage.HEADER_BYTES : 0);
    ByteBuffer bytes = answer.bytes();
    int text = NetlinkMessage.find(bytes, attributes, to, EXTENDED_TEXT);
    if (text < 0) {
      return "";
    }
    byte[] characters = new byte[(bytes.getShort(text - 4) & 0xffff) - 5];
    bytes.get(text, characters);
    return new String(characters, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
