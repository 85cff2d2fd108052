// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.duty;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.UdpSocket;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.agent.wire.Reception;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The agent's one thread that decides: drain what has arrived, step, execute, wait. Everything that
 * may block happens on other threads and comes back through the mailbox.
 */
public final class DutyCycle {
  /** UDP port of the heartbeats. */
  public static final int PORT = 7400;

  private static final int DRAIN_MOST = 256;
  private static final long LEAVE_NANOS = 1_000_000_000L;

  /** Carries out what a step wants beyond datagrams; called on this thread, in order. */
  public interface Executor {
    /** Has the state written; returns before it is, and reports through the mailbox. */
    void persist(DurableState state);

    /** Commands and verdicts of the outcome of that input. */
    void execute(Outcome outcome, Input input);

    /** Whether this agent must not take another step: the next one goes on from here. */
    boolean parked();

    /** Does what is due of its own; returns when it wants to be called again at the latest. */
    long due(long now);
  }

  private final FailoverNode node;
  private final DatagramCodec codec;
  private final Reception reception;
  private final UdpSocket socket;
  private final Poller poller;
  private final Mailbox mailbox;
  private final ExitWatch exits;
  private final Executor executor;
  private final Outlets outlets;
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST + 1);
  private final ByteBuffer outgoing = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST);
  private volatile long leaveBy = Long.MAX_VALUE;
  private long wakeAt;

  /**
   * A cycle that has not begun.
   *
   * @param poller has room for the socket and the mailbox, beside what {@code exits} watches
   */
  public DutyCycle(
      FailoverNode node,
      DatagramCodec codec,
      Reception reception,
      UdpSocket socket,
      Poller poller,
      Mailbox mailbox,
      ExitWatch exits,
      Executor executor,
      Outlets outlets) {
    this.node = node;
    this.codec = codec;
    this.reception = reception;
    this.socket = socket;
    this.poller = poller;
    this.mailbox = mailbox;
    this.exits = exits;
    this.executor = executor;
    this.outlets = outlets;
  }

  /**
   * Runs until {@link #leave} is over; anything thrown out of it is a broken invariant.
   *
   * @param first what a former agent has left, to be handed in before anything else
   */
  public void run(List<LongFunction<Input>> first) {
    int network = poller.add(socket.fd());
    int mail = poller.add(mailbox.fd());
    first.forEach(input -> step(input.apply(Clock.bootNanos())));
    step(new Input.Tick(Clock.bootNanos()));
    while (!left()) {
      long due = executor.due(Clock.bootNanos());
      if (poller.waitUntil(Math.min(wakeAt, due)) > 0) {
        if (poller.ready(network)) {
          drainNetwork();
        }
        exits.drain();
        if (poller.ready(mail)) {
          mailbox.drain(this::take);
        }
      }
      if (Clock.bootNanos() >= wakeAt) {
        // What came in while this thread did not run counts as heard, before anybody is accused.
        drainNetwork();
        step(new Input.Tick(Clock.bootNanos()));
      }
    }
  }

  /** Ends {@link #run} once others have what this node had, or soon; from any thread. */
  public void leave() {
    leaveBy = Clock.bootNanos() + LEAVE_NANOS;
    mailbox.tell(Input.Leaving::new);
  }

  /** Ends {@link #run} now, and tells nobody; from any thread. */
  public void quit() {
    leaveBy = Clock.bootNanos();
    mailbox.post(() -> {});
  }

  private boolean left() {
    return executor.parked() || node.mayEnd() || Clock.bootNanos() >= leaveBy;
  }

  private void take(Mailbox.Mail mail) {
    switch (mail) {
      case Mailbox.Mail.Told(var input) -> step(input.apply(Clock.bootNanos()));
      case Mailbox.Mail.Task(var task) -> task.run();
    }
  }

  private void drainNetwork() {
    for (int i = 0; i < DRAIN_MOST; i++) {
      incoming.clear();
      if (socket.receive(incoming) < 0) {
        return;
      }
      incoming.flip();
      Optional<Datagram> datagram =
          reception.take(incoming, socket.lastSenderAddress(), Clock.bootNanos());
      if (datagram.isPresent()) {
        step(new Input.Received(Clock.bootNanos(), datagram.get()));
      }
    }
  }

  private void step(Input input) {
    if (executor.parked()) {
      // The reigns are written down as they were: nothing may change any more.
      return;
    }
    Outcome outcome = node.step(input);
    wakeAt = outcome.wakeAtNanos();
    outcome.persistFirst().ifPresent(executor::persist);
    for (Datagram datagram : outcome.thenSend()) {
      codec.encode(datagram, outgoing);
      outlets.send(outgoing, datagram.receiver());
    }
    executor.execute(outcome, input);
  }
}
