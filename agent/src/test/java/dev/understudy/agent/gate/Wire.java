// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.UdpSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Datagrams from the fenced host to its neighbour. A veth pair delivers within the sender's call,
 * or a few milliseconds later on a loaded machine; that is also when a frame meets the gate.
 */
final class Wire implements AutoCloseable {
  static final int PORT = 7000;

  /** How long after the sender's call a frame may still wait for its way through the gate. */
  static final long BACKLOG_NANOS = 5_000_000L;

  private static final long SECOND = 1_000_000_000L;
  private static final long PATIENCE_NANOS = 10_000_000L;

  private final UdpSocket host;
  private final UdpSocket neighbour;
  private final ByteBuffer sent = ByteBuffer.allocateDirect(8);
  private final ByteBuffer received = ByteBuffer.allocateDirect(64);
  private final Poller pause = new Poller(1);
  private final Poller arrivals = new Poller(1);
  private final BitSet arrived = new BitSet();
  private int counter;

  Wire(Link link) throws IOException {
    host = link.hostSocket(PORT);
    neighbour = link.neighbourSocket(PORT);
    arrivals.add(neighbour.fd());
  }

  /** One datagram: between which times it was sent, and whether it passed the gate. */
  record Trial(long fromNanos, long toNanos, boolean passed) {}

  private record Sent(int number, long fromNanos, long toNanos) {}

  private Sent sendOne() {
    return sendOne(bytes -> host.send(bytes, Link.NEIGHBOUR, PORT));
  }

  private Sent sendOne(Consumer<ByteBuffer> sender) {
    sent.putInt(0, ++counter).clear();
    long from = Clock.bootNanos();
    sender.accept(sent);
    return new Sent(counter, from, Clock.bootNanos());
  }

  private void drain() {
    while (neighbour.receive(received.clear()) >= 0) {
      arrived.set(received.getInt(0));
    }
  }

  /** Sends one and waits for it, for long enough to call it lost otherwise. */
  Trial tryOne() {
    return await(sendOne());
  }

  /** The same by another sender, which must bring the payload to the neighbour's port. */
  Trial tryOne(Consumer<ByteBuffer> sender) {
    return await(sendOne(sender));
  }

  private Trial await(Sent one) {
    long patience = one.toNanos + PATIENCE_NANOS;
    drain();
    while (!arrived.get(one.number) && arrivals.waitUntil(patience) > 0) {
      drain();
    }
    return new Trial(one.fromNanos, one.toNanos, arrived.get(one.number));
  }

  /** Sends every 100 microseconds until a point in time, and once more behind it. */
  List<Trial> tryUntil(long bootNanos) {
    List<Sent> all = new ArrayList<>();
    do {
      all.add(sendOne());
      drain();
      waitNanos(100_000);
    } while (all.getLast().toNanos < bootNanos);
    waitNanos(PATIENCE_NANOS);
    drain();
    return all.stream()
        .map(one -> new Trial(one.fromNanos, one.toNanos, arrived.get(one.number)))
        .toList();
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
