// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.PacketSocket;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.Scheduling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Hands frames on between a node's port and the switch, each one after a random time of its own. A
 * thread of this process does it: many kernels have no module that would.
 */
final class Relay implements AutoCloseable {
  private static final int PRIORITY = 20;

  /** As a switch with full queues would, it loses what is more than this. */
  private static final int HELD_MOST = 10_000;

  private static final long LOOK_NANOS = 20_000_000L;

  private final PacketSocket node;
  private final PacketSocket rest;
  private final long leastNanos;
  private final long mostNanos;
  private final Random random;
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(Comparator.comparingLong(Held::due).thenComparingLong(Held::number));
  private final Thread thread = Thread.ofPlatform().daemon().name("relay").unstarted(this::run);
  private long number;
  private volatile boolean stopping;
  private volatile @Nullable Exception failure;

  private record Held(long due, long number, PacketSocket to, ByteBuffer frame) {}

  private Relay(PacketSocket node, PacketSocket rest, long leastNanos, long mostNanos, long seed) {
    this.node = node;
    this.rest = rest;
    this.leastNanos = leastNanos;
    this.mostNanos = mostNanos;
    this.random = new Random(seed);
  }

  /**
   * Begins to hand on.
   *
   * @param nodeLink the link that leads to the node
   * @param restLink the link that leads to everybody else
   */
  static Relay start(
      ProcessMark keeper,
      String nodeLink,
      String restLink,
      long leastNanos,
      long mostNanos,
      long seed)
      throws IOException {
    Relay relay =
        Namespaces.callIn(
            Switch.netns(keeper),
            () -> {
              PacketSocket node = PacketSocket.ofLink(nodeLink);
              try {
                PacketSocket rest = PacketSocket.ofLink(restLink);
                return new Relay(node, rest, leastNanos, mostNanos, seed);
              } catch (LinuxException e) {
                node.close();
                throw e;
              }
            });
    relay.thread.start();
    return relay;
  }

  private void run() {
    // Where the host refuses this, frames are held longer than was asked for.
    Scheduling.tryRealTime(PRIORITY);
    Poller poller = new Poller(2);
    poller.add(node.fd());
    poller.add(rest.fd());
    try {
      while (!stopping) {
        Held next = held.peek();
        long look = Clock.bootNanos() + LOOK_NANOS;
        poller.waitUntil(next == null ? look : Math.min(look, next.due()));
        take(node, rest);
        take(rest, node);
        handOn();
      }
    } catch (LinuxException | RuntimeException e) {
      failure = e; // told to whoever ends the relay
    }
  }

  private void take(PacketSocket from, PacketSocket to) throws LinuxException {
    for (int length = from.receive(); length >= 0; length = from.receive()) {
      if (held.size() < HELD_MOST) {
        byte[] frame = new byte[length];
        from.bytes().get(0, frame);
        long wait = leastNanos + random.nextLong(mostNanos - leastNanos + 1);
        held.add(new Held(Clock.bootNanos() + wait, number++, to, ByteBuffer.wrap(frame)));
      }
    }
  }

  private void handOn() {
    long now = Clock.bootNanos();
    for (Held next = held.peek(); next != null && next.due() <= now; next = held.peek()) {
      next.to().send(next.frame());
      held.remove();
    }
  }

  /** Ends it; what is still held is lost. */
  @Override
  public void close() throws LabException {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted while a relay ended.", e);
    }
    node.close();
    rest.close();
    Exception broken = failure;
    if (broken != null) {
      throw LabException.failed("A relay broke down: " + broken.getMessage() + ".", broken);
    }
  }
}
