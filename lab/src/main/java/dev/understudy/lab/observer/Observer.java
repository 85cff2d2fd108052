// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.PacketSocket;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.Scheduling;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.lab.cluster.Lab;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listens at the switch for what workloads send. The kernel gives each frame its time when it comes
 * in, before a filter of the switch may drop it, so that a late reader sees true times, and a node
 * that the switch cuts off is still observed. A port that is down lets nothing in.
 */
public final class Observer implements AutoCloseable {
  private static final int PRIORITY = 2;
  private static final long LOOK_NANOS = 1_000_000L;
  private static final int ETHERTYPE_AT = 12;
  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int IPV4_SOURCE_AT = 26;
  private static final int ARP_SENDER_AT = 28;

  /** More than the wall clock is ever slewed between two looks; less than matters. */
  private static final long STEP_NANOS = 2_000_000L;

  private final PacketSocket socket;
  private final Netlink links;
  private final Map<String, String> nodesByPort;
  private final Bursts bursts = new Bursts();
  private final Standstills standstills = new Standstills();
  private final Map<Integer, String> nodesByLink = new HashMap<>();
  private final Set<Integer> strangers = new HashSet<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("observer").unstarted(this::run);
  private long realMinusBoot = realMinusBootNanos();
  private volatile boolean stopping;
  private volatile long seenUntil;
  private volatile @Nullable Throwable failure;

  private Observer(PacketSocket socket, Netlink links, Map<String, String> nodesByPort) {
    this.socket = socket;
    this.links = links;
    this.nodesByPort = nodesByPort;
  }

  /** Starts to listen for every workload of a lab. */
  public static Observer start(Lab lab) throws IOException {
    List<Integer> addresses =
        lab.cluster().workloads().stream().map(WorkloadSpec::address).toList();
    Map<String, String> ports = lab.nodesByPort();
    Path netns = lab.switchNetns();
    Observer observer =
        Namespaces.callIn(
            netns,
            () -> {
              Netlink links = Netlink.open();
              try {
                return new Observer(PacketSocket.ofSenders(addresses), links, ports);
              } catch (LinuxException e) {
                links.close();
                throw e;
              }
            });
    observer.thread.start();
    return observer;
  }

  private void run() {
    // Where the host refuses this, more frames wait longer to be read, with true times.
    Scheduling.tryRealTime(PRIORITY);
    Poller poller = new Poller(1);
    poller.add(socket.fd());
    try {
      while (!stopping) {
        long begin = Clock.bootNanos();
        poller.waitUntil(begin + LOOK_NANOS);
        long before = Clock.bootNanos();
        standstills.woken(begin + LOOK_NANOS, before);
        followWallClock();
        drain();
        seenUntil = before;
      }
    } catch (LinuxException | RuntimeException | Error e) {
      failure = e; // told to whoever asks for results
    }
  }

  /** The kernel's times are on the wall clock, which is slewed and may be set. */
  private void followWallClock() {
    long now = realMinusBootNanos();
    if (Math.abs(now - realMinusBoot) > STEP_NANOS) {
      throw new IllegalStateException(
          "the wall clock was set by " + (now - realMinusBoot) + " ns while frames were observed");
    }
    realMinusBoot = now;
  }

  private static long realMinusBootNanos() {
    long best = 0;
    long bestWidth = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = Clock.bootNanos();
      Instant now = Instant.now();
      long after = Clock.bootNanos();
      if (after - before < bestWidth) {
        bestWidth = after - before;
        best = now.getEpochSecond() * 1_000_000_000L + now.getNano() - (before + after) / 2;
      }
    }
    return best;
  }

  private void drain() throws LinuxException {
    for (int length = socket.receive(); length >= 0; length = socket.receive()) {
      int link = socket.link();
      if (!nodesByLink.containsKey(link) && !strangers.contains(link)) {
        lookUp(link);
      }
      @Nullable String node = nodesByLink.get(link);
      if (node == null) {
        continue; // the bridge itself, the client, or a relay's copy of what was seen before
      }
      ByteBuffer frame = socket.bytes().duplicate().order(ByteOrder.BIG_ENDIAN);
      boolean arp = (frame.getShort(ETHERTYPE_AT) & 0xffff) == ETHERTYPE_ARP;
      int address = frame.getInt(arp ? ARP_SENDER_AT : IPV4_SOURCE_AT);
      synchronized (bursts) {
        bursts.add(node, address, socket.realNanos() - realMinusBoot, arp);
      }
    }
  }

  /** A node that was started again has a new link of the same name. */
  private void lookUp(int link) throws LinuxException {
    for (Map.Entry<String, String> port : nodesByPort.entrySet()) {
      if (links.exists(port.getKey())) {
        nodesByLink.put(links.index(port.getKey()), port.getValue());
      }
    }
    if (!nodesByLink.containsKey(link)) {
      strangers.add(link);
    }
  }

  /**
   * What was seen until now, in the order in which bursts ended.
   *
   * @throws IllegalStateException when frames were missed, so that nothing could be concluded
   */
  public List<Burst> bursts() throws InterruptedException {
    long now = Clock.bootNanos();
    while (seenUntil < now) {
      checkAlive();
      Thread.sleep(5);
    }
    try {
      if (socket.losses() > 0) {
        throw new IllegalStateException("the observer missed " + socket.losses() + " frames");
      }
    } catch (LinuxException e) {
      throw new IllegalStateException("the observer's losses cannot be read", e);
    }
    synchronized (bursts) {
      return bursts.all();
    }
  }

  /**
   * When a node's newest frame for an address came before some instant; the least number if none.
   */
  public long lastFrame(String node, int address, long beforeNanos) throws InterruptedException {
    return bursts().stream()
        .filter(b -> b.node().equals(node) && b.address() == address)
        .filter(b -> b.firstNanos() < beforeNanos)
        .mapToLong(b -> Math.min(b.lastNanos(), beforeNanos))
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /** How long the machine stood still between two instants, so that frames came late. */
  public long stoodStill(long fromNanos, long toNanos) {
    return standstills.within(fromNanos, toNanos);
  }

  private void checkAlive() {
    Throwable cause = failure;
    if (cause != null) {
      throw new IllegalStateException("the observer broke down: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void close() {
    stopping = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it ends within a moment
      }
    }
    socket.close();
    links.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
