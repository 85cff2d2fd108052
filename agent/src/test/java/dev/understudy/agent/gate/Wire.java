// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.UdpSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Datagrams from the fenced host to its neighbour. A veth pair delivers within the sender's call,
 * so each datagram's fate is known right after it was sent.
 */
final class Wire implements AutoCloseable {
  private static final int PORT = 7000;
  private static final long SECOND = 1_000_000_000L;

  private final UdpSocket host;
  private final UdpSocket neighbour;
  private final ByteBuffer sent = ByteBuffer.allocateDirect(8);
  private final ByteBuffer received = ByteBuffer.allocateDirect(64);
  private final Poller pause = new Poller(1);
  private long counter;

  Wire(Link link) throws IOException {
    host = link.hostSocket(PORT);
    neighbour = link.neighbourSocket(PORT);
  }

  /** One datagram: between which times it met the gate, and whether it passed. */
  record Trial(long fromNanos, long toNanos, boolean passed) {}

  Trial tryOne() {
    sent.putLong(0, ++counter).clear();
    long from = Clock.bootNanos();
    host.send(sent, Link.NEIGHBOUR, PORT);
    long to = Clock.bootNanos();
    boolean passed = false;
    while (neighbour.receive(received.clear()) >= 0) {
      passed |= received.getLong(0) == counter;
    }
    return new Trial(from, to, passed);
  }

  /** Sends every 100 microseconds until a point in time. */
  List<Trial> tryUntil(long bootNanos) {
    List<Trial> trials = new ArrayList<>();
    while (Clock.bootNanos() < bootNanos) {
      trials.add(tryOne());
      pause.waitUntil(Clock.bootNanos() + 100_000);
    }
    return trials;
  }

  /** Resolves the neighbour, for which the gate must be open. */
  void warmUp(OutputGate gate) throws IOException {
    long deadline = Clock.bootNanos() + 5 * SECOND;
    gate.openUntil(deadline);
    while (!tryOne().passed()) {
      if (Clock.bootNanos() > deadline) {
        throw new AssertionError("no datagram passes the open " + gate);
      }
      pause.waitUntil(Clock.bootNanos() + 1_000_000);
    }
    for (int round = 0; round < 500; round++) {
      tryOne();
    }
  }

  /** Sends from the neighbour to the host, for which the neighbour must ask for its address. */
  void callHost() {
    neighbour.send(sent.clear(), Link.HOST, PORT);
  }

  void waitNanos(long nanos) {
    pause.waitUntil(Clock.bootNanos() + nanos);
  }

  @Override
  public void close() {
    host.close();
    neighbour.close();
  }
}
