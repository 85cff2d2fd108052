// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Memory;
import dev.understudy.agent.linux.Syscall;
import dev.understudy.api.cluster.Ipv4;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Requests in flight, each on a TCP connection of its own, for one thread. Sockets are non-blocking
 * and waited for together (ppoll(2)); a slow one holds up nothing. Allocates nothing once warm.
 *
 * <p>Connections are closed with a linger time of zero, which sends a reset in place of the usual
 * farewell: otherwise 500 connections a second use up all ports within a minute (socket(7),
 * SO_LINGER; tcp(7), TIME_WAIT).
 */
final class Requests {
  /** Receives each request's end. */
  interface Ends {
    void ended(long number, Verdict how, long counter);
  }

  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int ECONNRESET = 104;
  private static final int EPIPE = 32;
  private static final int ETIMEDOUT = 110;
  private static final int EINPROGRESS = 115;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;
  private static final int POLLFD_BYTES = 8;
  private static final int ADDRESS_BYTES = 16;
  private static final int ANSWER_BYTES_MAX = 1024;

  private final String target;
  private final long connectNanos;
  private final long answerNanos;
  private final Ends ends;

  private final Slot[] slots;
  private final Memory polled;
  private final Memory timeout = Memory.ofSize(16);
  private final Memory address = Memory.ofSize(ADDRESS_BYTES);
  private final Memory linger = Memory.ofSize(8);
  private final Memory request;
  private final Memory received = Memory.ofSize(ANSWER_BYTES_MAX);

  private static final class Slot {
    int fd = -1;
    long number;
    long sentNanos;
    boolean connected;
    int length;
    final byte[] bytes = new byte[ANSWER_BYTES_MAX];
  }

  Requests(int ipv4, int port, int inFlightMax, long connectNanos, long answerNanos, Ends ends) {
    this.target = "tcp " + Ipv4.text(ipv4) + ":" + port;
    this.connectNanos = connectNanos;
    this.answerNanos = answerNanos;
    this.ends = ends;
    slots = new Slot[inFlightMax];
    polled = Memory.ofSize(inFlightMax * POLLFD_BYTES);
    for (int i = 0; i < inFlightMax; i++) {
      slots[i] = new Slot();
      polled.bytes().putInt(i * POLLFD_BYTES, -1); // ppoll(2) skips negative descriptors
    }
    address.bytes().putShort(0, (short) AF_INET);
    address.bytes().put(2, (byte) (port >>> 8)).put(3, (byte) port);
    for (int i = 0; i < 4; i++) {
      address.bytes().put(4 + i, (byte) (ipv4 >>> (24 - 8 * i)));
    }
    linger.bytes().putInt(0, 1).putInt(4, 0);
    byte[] text =
        ("GET /state HTTP/1.1\r\nHost: " + Ipv4.text(ipv4) + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    request = Memory.ofSize(text.length);
    request.bytes().put(0, text);
  }

  /** Asks for a connection in the calling thread's network namespace. */
  void begin(long number, long sentNanos) throws LinuxException {
    int index = freeSlot();
    if (index < 0) {
      ends.ended(number, Verdict.NOT_SENT, -1);
      return;
    }
    int type = SOCK_STREAM | SOCK_CLOEXEC_NONBLOCK;
    int fd = (int) Kernel.require(Syscall.SOCKET, target, AF_INET, type, 0, 0);
    Slot slot = slots[index];
    slot.fd = fd;
    slot.number = number;
    slot.sentNanos = sentNanos;
    slot.connected = false;
    slot.length = 0;
    watch(index, fd, POLLOUT);
    long lingers =
        Kernel.call(Syscall.SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, linger.address(), 8, 0);
    linger.keep();
    Kernel.succeeded(lingers, Syscall.SETSOCKOPT, "SO_LINGER of " + target);
    long result = Kernel.call(Syscall.CONNECT, fd, address.address(), ADDRESS_BYTES, 0);
    address.keep();
    if (result < 0 && result != -EINPROGRESS) {
      end(index, verdictOf((int) -result, "connect"), -1);
    }
  }

  /** Waits until a socket is ready or a deadline or the given instant has come. */
  void await(long untilNanos) {
    long left = Math.max(0, Math.min(untilNanos, nextDeadline()) - Clock.bootNanos());
    timeout.bytes().putLong(0, left / 1_000_000_000L).putLong(8, left % 1_000_000_000L);
    long result =
        Kernel.call(Syscall.PPOLL, polled.address(), slots.length, timeout.address(), 0, 8, 0);
    timeout.keep();
    polled.keep();
    if (result < 0 && result != -Errno.EINTR) {
      throw new IllegalStateException(new LinuxException("ppoll", target, (int) -result));
    }
    if (result <= 0) {
      // After an interruption the kernel leaves the found events of an earlier wait in place.
      for (int i = 0; i < slots.length; i++) {
        polled.bytes().putShort(i * POLLFD_BYTES + 6, (short) 0);
      }
    }
  }

  /** Goes on with what the last wait found ready, then gives up what is overdue. */
  void advance() {
    for (int i = 0; i < slots.length; i++) {
      short found = polled.bytes().getShort(i * POLLFD_BYTES + 6);
      if (slots[i].fd >= 0 && found != 0) {
        if (slots[i].connected) {
          receive(i);
        } else {
          send(i);
        }
      }
    }
    long now = Clock.bootNanos();
    for (int i = 0; i < slots.length; i++) {
      if (slots[i].fd >= 0 && deadline(slots[i]) <= now) {
        end(i, slots[i].connected ? Verdict.ANSWER_TIMEOUT : Verdict.CONNECT_TIMEOUT, -1);
      }
    }
  }

  /** Closes everything; what was in flight stays without an end. */
  void abandon() {
    for (int i = 0; i < slots.length; i++) {
      release(i);
    }
  }

  /** A connection that failed reports its error here, on the first use (connect(2)). */
  private void send(int index) {
    int size = request.size();
    long result =
        Kernel.call(Syscall.SENDTO, slots[index].fd, request.address(), size, MSG_NOSIGNAL, 0, 0);
    request.keep();
    if (result == size) {
      slots[index].connected = true;
      watch(index, slots[index].fd, POLLIN);
    } else if (result >= 0) {
      throw new IllegalStateException("only " + result + " of " + size + " bytes fit a new socket");
    } else if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
      end(index, verdictOf((int) -result, "sendto"), -1);
    }
  }

  private void receive(int index) {
    Slot slot = slots[index];
    int room = ANSWER_BYTES_MAX - slot.length;
    long result = Kernel.call(Syscall.RECVFROM, slot.fd, received.address(), room, 0, 0, 0);
    received.keep();
    if (result == 0) {
      // Also when the room is used up: such an answer is not the one that we asked for.
      end(index, room == 0 ? Verdict.BAD_ANSWER : Verdict.CUT_SHORT, -1);
    } else if (result > 0) {
      ByteBuffer from = received.bytes();
      from.get(0, slot.bytes, slot.length, (int) result);
      slot.length += (int) result;
      long counter = StateAnswer.counter(slot.bytes, slot.length);
      if (counter >= 0) {
        end(index, Verdict.GOOD, counter);
      } else if (counter == StateAnswer.WRONG) {
        end(index, Verdict.BAD_ANSWER, -1);
      }
    } else if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
      end(index, verdictOf((int) -result, "recvfrom"), -1);
    }
  }

  private Verdict verdictOf(int errno, String verb) {
    return switch (errno) {
      case Errno.ECONNREFUSED -> Verdict.CONNECT_REFUSED;
      case Errno.EHOSTUNREACH, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.ENETDOWN ->
          Verdict.UNREACHABLE;
      case ECONNRESET, EPIPE -> Verdict.RESET;
      case ETIMEDOUT -> Verdict.CONNECT_TIMEOUT;
      // Anything else is the probe's own trouble; to call it an outage would be a lie.
      default -> throw new IllegalStateException(new LinuxException(verb, target, errno));
    };
  }

  private long deadline(Slot slot) {
    return slot.sentNanos + (slot.connected ? answerNanos : connectNanos);
  }

  private long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Slot slot : slots) {
      if (slot.fd >= 0) {
        next = Math.min(next, deadline(slot));
      }
    }
    return next;
  }

  private int freeSlot() {
    for (int i = 0; i < slots.length; i++) {
      if (slots[i].fd < 0) {
        return i;
      }
    }
    return -1;
  }

  private void watch(int index, int fd, short events) {
    int at = index * POLLFD_BYTES;
    polled.bytes().putInt(at, fd).putShort(at + 4, events).putShort(at + 6, (short) 0);
  }

  private void end(int index, Verdict how, long counter) {
    release(index);
    ends.ended(slots[index].number, how, counter);
  }

  private void release(int index) {
    if (slots[index].fd >= 0) {
      Kernel.close(slots[index].fd);
      slots[index].fd = -1;
      watch(index, -1, (short) 0);
    }
  }
}
