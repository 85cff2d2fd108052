// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import dev.understudy.api.cluster.Ipv4;
import java.nio.ByteBuffer;

/**
 * A bound, non-blocking UDP socket over IPv4 that allocates nothing once warm. For one thread.
 *
 * <p>Datagrams pass through memory of the socket's own: copying a heartbeat costs less than making
 * a segment for the caller's buffer, and heap buffers work too.
 */
public final class UdpSocket implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_PRIORITY = 12;

  /** The highest that needs no capability; qdiscs put it into their first band (socket(7)). */
  private static final int PRIORITY = 6;

  /** Some thousand heartbeats: more would only be old news when they are read. */
  private static final int RECEIVE_BYTES = 512 * 1024;

  private static final int DATAGRAM_BYTES = 65_536;
  private static final int ADDRESS_BYTES = 16;

  private final int fd;
  private final Memory datagram = Memory.ofSize(DATAGRAM_BYTES);
  private final Memory target = Memory.ofSize(ADDRESS_BYTES);
  private final Memory sender = Memory.ofSize(ADDRESS_BYTES);
  private final Memory senderLength = Memory.ofSize(4);
  private boolean open = true;

  private UdpSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Opens a socket in the calling thread's network namespace.
   *
   * @param ipv4 local address in host order, 0 for any
   * @param port local port, 0 for one that the kernel chooses
   */
  public static UdpSocket bind(int ipv4, int port) throws LinuxException {
    String what = "udp " + Ipv4.text(ipv4) + ":" + port;
    int type = SOCK_DGRAM | SOCK_CLOEXEC_NONBLOCK;
    UdpSocket socket =
        new UdpSocket((int) Kernel.require(Syscall.SOCKET, what, AF_INET, type, 0, 0));
    try {
      socket.option(SO_PRIORITY, PRIORITY, what);
      socket.option(SO_RCVBUF, RECEIVE_BYTES, what);
      putAddress(socket.target.bytes(), ipv4, port);
      Kernel.require(Syscall.BIND, what, socket.fd, socket.target.address(), ADDRESS_BYTES, 0);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private void option(int name, int value, String what) throws LinuxException {
    Memory number = Memory.ofSize(4);
    number.bytes().putInt(0, value);
    long result = Kernel.call(Syscall.SETSOCKOPT, fd, SOL_SOCKET, name, number.address(), 4, 0);
    number.keep();
    Kernel.succeeded(result, Syscall.SETSOCKOPT, name + " of " + what);
  }

  /** The descriptor, for a {@link Poller}. */
  public int fd() {
    return fd;
  }

  /** The port it is bound to. */
  public int localPort() throws LinuxException {
    senderLength.bytes().putInt(0, ADDRESS_BYTES);
    long result =
        Kernel.call(Syscall.GETSOCKNAME, fd, sender.address(), senderLength.address(), 0, 0, 0);
    Kernel.succeeded(result, Syscall.GETSOCKNAME, "udp");
    return lastSenderPort();
  }

  /**
   * Sends what lies between the buffer's position and limit, and leaves both alone.
   *
   * @return false when it cannot leave right now: full queues, no route, no neighbour, a filter.
   *     What to do about it is the protocol's business: such a datagram is a lost one.
   */
  public boolean send(ByteBuffer data, int ipv4, int port) {
    int length = data.remaining();
    datagram.bytes().put(0, data, data.position(), length);
    putAddress(target.bytes(), ipv4, port);
    long result;
    do {
      result =
          Kernel.call(
              Syscall.SENDTO, fd, datagram.address(), length, 0, target.address(), ADDRESS_BYTES);
    } while (result == -Errno.EINTR);
    datagram.keep();
    target.keep();
    if (result == length) {
      return true;
    }
    return switch ((int) -result) {
      case Errno.EAGAIN,
          Errno.ENOBUFS,
          Errno.ENOMEM,
          Errno.EPERM,
          Errno.EACCES,
          Errno.EINVAL,
          Errno.ENODEV,
          Errno.ENETDOWN,
          Errno.ENETUNREACH,
          Errno.EHOSTDOWN,
          Errno.EHOSTUNREACH,
          Errno.ECONNREFUSED ->
          false;
      default ->
          throw new IllegalStateException(
              new LinuxException("sendto", Ipv4.text(ipv4) + ":" + port, (int) -result));
    };
  }

  /**
   * Receives one datagram at the buffer's position, which advances. A longer datagram than there is
   * room for is cut.
   *
   * @return how many bytes were put, or -1 when no datagram waits
   */
  public int receive(ByteBuffer data) {
    long result;
    do {
      senderLength.bytes().putInt(0, ADDRESS_BYTES);
      result =
          Kernel.call(
              Syscall.RECVFROM,
              fd,
              datagram.address(),
              DATAGRAM_BYTES,
              0,
              sender.address(),
              senderLength.address());
      // ECONNREFUSED tells of an earlier datagram of ours and says nothing about this socket.
    } while (result == -Errno.EINTR || result == -Errno.ECONNREFUSED);
    if (result < 0) {
      if (result == -Errno.EAGAIN || result == -Errno.ENETDOWN) {
        return -1;
      }
      throw new IllegalStateException(new LinuxException("recvfrom", "udp", (int) -result));
    }
    int length = Math.min((int) result, data.remaining());
    data.put(data.position(), datagram.bytes(), 0, length);
    data.position(data.position() + length);
    return length;
  }

  /** Who sent the datagram that was received last, in host order. */
  public int lastSenderAddress() {
    ByteBuffer bytes = sender.bytes();
    int high = (bytes.get(4) & 255) << 24 | (bytes.get(5) & 255) << 16;
    return high | (bytes.get(6) & 255) << 8 | (bytes.get(7) & 255);
  }

  /** From which port. */
  public int lastSenderPort() {
    ByteBuffer bytes = sender.bytes();
    return (bytes.get(2) & 255) << 8 | (bytes.get(3) & 255);
  }

  private static void putAddress(ByteBuffer to, int ipv4, int port) {
    to.putShort(0, (short) AF_INET);
    to.put(2, (byte) (port >>> 8)).put(3, (byte) port);
    to.put(4, (byte) (ipv4 >>> 24)).put(5, (byte) (ipv4 >>> 16));
    to.put(6, (byte) (ipv4 >>> 8)).put(7, (byte) ipv4);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      Kernel.close(fd);
    }
  }
}
