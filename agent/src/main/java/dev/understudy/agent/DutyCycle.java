// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.UdpSocket;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * The agent's one thread that decides: drain what has arrived, step, execute, wait. Everything that
 * may block happens on other threads and comes back through the mailbox.
 */
final class DutyCycle {
  /** UDP port of the heartbeats. */
  static final int PORT = 7400;

  /** Mail that nobody reads means that this thread is gone; then its writers may wait as well. */
  private static final int MAILBOX = 1_024;

  private static final int DRAIN_MOST = 256;
  private static final int WATCHED_MOST = 2 + 256;

  /** Something that happened elsewhere; told the time at which this thread takes it up. */
  private interface Mail {
    void deliver(long now);
  }

  private final FailoverNode node;
  private final DatagramCodec codec;
  private final UdpSocket socket;
  private final EventFd bell;
  private final Executor executor;
  private final Map<String, Integer> addresses;
  private final Poller poller = new Poller(WATCHED_MOST);
  private final BlockingQueue<Mail> mailbox = new ArrayBlockingQueue<>(MAILBOX);
  private final Map<Integer, Watched> watched = new TreeMap<>();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST + 1);
  private final ByteBuffer outgoing = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST);
  private volatile boolean stopped;
  private long wakeAt;

  private record Watched(PidFd process, Runnable onExit) {}

  /** Carries out what a step wants beyond datagrams; called on this thread, in order. */
  interface Executor {
    /** Has the state written; returns before it is, and reports through the mailbox. */
    void persist(DurableState state);

    /** Commands and verdicts of one outcome. */
    void execute(Outcome outcome, long now);

    /** Anything of its own that is due; returns when it wants to be called again at the latest. */
    long due(long now);
  }

  DutyCycle(
      FailoverNode node,
      DatagramCodec codec,
      UdpSocket socket,
      EventFd bell,
      Map<String, Integer> addresses,
      Function<DutyCycle, Executor> executor) {
    this.node = node;
    this.codec = codec;
    this.socket = socket;
    this.bell = bell;
    this.addresses = new TreeMap<>(addresses);
    this.executor = executor.apply(this);
  }

  /** Hands in an input from any thread; it is stamped when this thread takes it up. */
  void tell(LongFunction<Input> input) {
    post(now -> step(input.apply(now)));
  }

  /** Has something done on this thread; never waits for more than room in the mailbox. */
  void post(Runnable task) {
    post(_ -> task.run());
  }

  private void post(Mail mail) {
    try {
      mailbox.put(mail);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    bell.signal();
  }

  /** Calls back on this thread when the process has exited. Only from this thread. */
  void watch(PidFd process, Runnable onExit) {
    watched.put(poller.add(process.fd()), new Watched(process, onExit));
  }

  /** Forgets and closes a watched process. Only from this thread. */
  void unwatch(PidFd process) {
    Optional<Integer> index =
        watched.entrySet().stream()
            .filter(e -> e.getValue().process == process)
            .map(Map.Entry::getKey)
            .findFirst();
    index.ifPresent(
        i -> {
          watched.remove(i);
          poller.remove(i);
          process.close();
        });
  }

  /** Runs until {@link #stop}; anything thrown out of it is a broken invariant. */
  void run() {
    int network = poller.add(socket.fd());
    int mail = poller.add(bell.fd());
    step(new Input.Tick(Clock.bootNanos()));
    while (!stopped) {
      long due = executor.due(Clock.bootNanos());
      int ready = poller.waitUntil(Math.min(wakeAt, due));
      if (ready > 0) {
        if (poller.ready(network)) {
          drainNetwork();
        }
        drainExits();
        if (poller.ready(mail)) {
          bell.drain();
        }
      }
      drainMail();
      long now = Clock.bootNanos();
      if (now >= wakeAt) {
        // What came in while this thread did not run counts as heard, before anybody is accused.
        drainNetwork();
        step(new Input.Tick(Clock.bootNanos()));
      }
    }
  }

  void stop() {
    stopped = true;
    bell.signal();
  }

  private void drainNetwork() {
    for (int i = 0; i < DRAIN_MOST; i++) {
      incoming.clear();
      if (socket.receive(incoming) < 0) {
        return;
      }
      incoming.flip();
      Optional<Datagram> datagram = codec.decode(incoming);
      if (datagram.isPresent()) {
        step(new Input.Received(Clock.bootNanos(), datagram.get()));
      }
    }
  }

  private void drainExits() {
    for (Map.Entry<Integer, Watched> entry : Map.copyOf(watched).entrySet()) {
      if (poller.ready(entry.getKey())) {
        unwatch(entry.getValue().process);
        entry.getValue().onExit.run();
      }
    }
  }

  private void drainMail() {
    for (int i = 0; i < DRAIN_MOST; i++) {
      Mail mail = mailbox.poll();
      if (mail == null) {
        return;
      }
      mail.deliver(Clock.bootNanos());
    }
    bell.signal();
  }

  private void step(Input input) {
    Outcome outcome = node.step(input);
    wakeAt = outcome.wakeAtNanos();
    outcome.persistFirst().ifPresent(executor::persist);
    for (Datagram datagram : outcome.thenSend()) {
      Integer address = addresses.get(datagram.receiver());
      if (address == null) {
        throw new IllegalStateException("no address of " + datagram.receiver() + ": " + addresses);
      }
      codec.encode(datagram, outgoing);
      // A datagram that cannot leave is a lost one; the protocol lives with those.
      socket.send(outgoing, address, PORT);
    }
    executor.execute(outcome, input.now());
  }

  /** The node, for questions asked on this thread. */
  FailoverNode node() {
    return node;
  }

  long datagramsDropped() {
    return codec.dropped();
  }
}
