// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.Verdict;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The agent's deciding thread, as its duty cycle: what waits in the socket first, then the mail,
 * then time. It carries out each outcome in order, and may stand still before any of its effects.
 */
final class Decider {
  /** What a socket's buffer holds; more is lost. */
  private static final int SOCKET_MOST = 256;

  private static final long NEVER = Long.MAX_VALUE;

  private final VirtualNode node;
  private final World world;
  private final Chance chance;
  private final ArrayDeque<Datagram> socket = new ArrayDeque<>();
  private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();

  /** What a new agent has to take up before it reads its socket. */
  private final ArrayDeque<Runnable> first = new ArrayDeque<>();

  private final EventQueue.Event timer = this::timerRings;
  private @Nullable ProtocolNode core;
  private @Nullable Outcome current;
  private int effect;
  private long pausedUntil;
  private long wakeAt;
  private long timerAt = NEVER;
  private long ringAt = NEVER;
  private long lateNanos;
  private Fault.@Nullable Stall armed;
  private int skips;
  private boolean working;

  Decider(VirtualNode node, Chance chance) {
    this.node = node;
    this.world = node.world();
    this.chance = chance;
    this.lateNanos = world.setup().pace().timerLateNanos();
  }

  List<GroupView> views() {
    return core == null ? List.of() : core.views();
  }

  /** A new agent decides, and takes these up before anything else. */
  void begin(ProtocolNode fresh, List<LongFunction<Input>> inputs) {
    core = fresh;
    for (LongFunction<Input> input : inputs) {
      first.add(() -> step(input.apply(node.local())));
    }
    pausedUntil = world.now();
    wakeAt = node.local();
    work();
  }

  /** Whether an agent that was told to end may do so. */
  boolean mayEnd() {
    return core != null && core.mayEnd();
  }

  /** The agent is gone, with all that waited for it. */
  void end() {
    core = null;
    current = null;
    armed = null;
    socket.clear();
    mailbox.clear();
    first.clear();
    ringAt = NEVER;
  }

  // ---- faults ----------------------------------------------------------------------------------

  void pause(long nanos) {
    if (core == null) {
      return;
    }
    pausedUntil = Math.max(pausedUntil, world.now() + nanos);
    world.at(pausedUntil, this::work);
  }

  void arm(Fault.Stall stall) {
    armed = stall;
    skips = stall.skip();
  }

  void disarm(Fault.Stall stall) {
    if (stall.equals(armed)) {
      armed = null;
    }
  }

  /** Timers come up to so much late from now on, but never less than the usual. */
  void lateTimers(long mostNanos) {
    lateNanos = Math.max(mostNanos, world.setup().pace().timerLateNanos());
  }

  // ---- what wakes it ---------------------------------------------------------------------------

  void arrive(Datagram datagram) {
    if (core != null && socket.size() < SOCKET_MOST) {
      socket.add(datagram);
      work();
    }
  }

  /** Mail of other threads; taken up when this one gets to it. */
  void post(Runnable mail) {
    if (core != null) {
      mailbox.add(mail);
      if (current == null) {
        work();
      }
    }
  }

  private void timerRings() {
    if (world.now() != timerAt) {
      world.nothingHappened();
      return;
    }
    timerAt = NEVER;
    if (ringAt > world.now()) {
      // A later step has put it off.
      world.nothingHappened();
      setTimer();
      return;
    }
    work();
  }

  private void setTimer() {
    if (ringAt < timerAt) {
      timerAt = ringAt;
      world.at(ringAt, timer);
    }
  }

  // ---- the cycle -------------------------------------------------------------------------------

  private void work() {
    if (working) {
      return;
    }
    working = true;
    while (core != null && world.now() >= pausedUntil && !world.isOver()) {
      if (current != null) {
        carryOn(current);
        continue;
      }
      Runnable before = first.poll();
      if (before != null) {
        before.run();
        continue;
      }
      Datagram datagram = socket.poll();
      if (datagram != null) {
        step(new Input.Received(node.local(), datagram));
        continue;
      }
      Runnable mail = mailbox.poll();
      if (mail != null) {
        mail.run();
        continue;
      }
      if (node.local() < wakeAt) {
        break;
      }
      step(new Input.Tick(node.local()));
    }
    working = false;
    if (core != null && current == null) {
      long late = chance.below(lateNanos + 1);
      // A node without neighbours waits for nothing.
      boolean waits = wakeAt != NEVER;
      long wake = waits ? Math.max(node.clock().trueAt(wakeAt), world.now()) + late : NEVER;
      ringAt = Math.max(wake, pausedUntil);
      setTimer();
    }
  }

  /** One step; its outcome is carried out next. */
  void step(Input input) {
    ProtocolNode deciding = core;
    if (deciding == null) {
      throw new IllegalStateException("broken: " + node + " steps without an agent");
    }
    world.invariants().before(node, input);
    Outcome outcome;
    try {
      outcome = deciding.step(input);
    } catch (RuntimeException e) {
      world.violated("core", node + " refuses to go on: " + e);
      return;
    }
    wakeAt = outcome.wakeAtNanos();
    world.stepped(node, input);
    world.invariants().decided(node, input, outcome);
    current = outcome;
    effect = 0;
  }

  private void carryOn(Outcome outcome) {
    int persists = outcome.persistFirst().isPresent() ? 1 : 0;
    int sends = persists + outcome.thenSend().size();
    int news = sends + outcome.thenAnnounce().size();
    int all = news + outcome.thenRun().size();
    while (effect < all && !world.isOver()) {
      if (armed != null && stalls(place(outcome, persists, news))) {
        return;
      }
      int mine = effect++;
      if (mine < persists) {
        node.disk().save(outcome.persistFirst().get(), this::persisted);
      } else if (mine < sends) {
        send(outcome.thenSend().get(mine - persists));
      } else if (mine < news) {
        world.subscriber().tell(node, outcome.thenAnnounce().get(mine - sends));
      } else {
        run(outcome.thenRun().get(mine - news));
      }
    }
    if (world.isOver()) {
      return;
    }
    current = null;
    for (Verdict verdict : outcome.verdicts()) {
      world.said(node, verdict);
      node.plannedRestart().said(verdict);
    }
    node.endIfMay();
  }

  private void persisted(DurableState state) {
    node.mail(t -> new Input.Persisted(t, state));
  }

  private void send(Datagram datagram) {
    world.invariants().sent(node, datagram);
    int to = world.index(datagram.receiver());
    world.hash().mix(world.now(), to, node.index(), datagram.sequence());
    world.network().send(node.index(), to, datagram);
  }

  private void run(Command command) {
    int workload = world.workload(command.workload());
    if (command instanceof Command.OpenGate(_, var epoch, var until)) {
      world.hash().mix(until, workload, node.index(), epoch.counter());
    }
    node.host(workload).run(command);
  }

  private Fault.Place place(Outcome outcome, int persists, int sends) {
    if (effect < persists) {
      return Fault.Place.PERSIST;
    }
    if (effect < sends) {
      return Fault.Place.SEND;
    }
    return switch (outcome.thenRun().get(effect - sends)) {
      case Command.OpenGate _, Command.NarrowGate _ -> Fault.Place.OPEN_GATE;
      case Command.ShutGate _ -> Fault.Place.SHUT_GATE;
      case Command.Wake _, Command.Start _ -> Fault.Place.WAKE;
      case Command.Announce _ -> Fault.Place.ANNOUNCE;
      case Command.Freeze _,
          Command.Discard _,
          Command.KeepAside _,
          Command.Checkpoint _,
          Command.Abandon _ ->
          Fault.Place.ANY;
    };
  }

  /** Whether the thread stands still now, before the effect that comes next. */
  private boolean stalls(Fault.Place next) {
    Fault.Stall stall = armed;
    if (stall == null || (stall.place() != Fault.Place.ANY && stall.place() != next)) {
      return false;
    }
    if (skips-- > 0) {
      return false;
    }
    armed = null;
    world.say(node.name(), "stands still before ", next, " for ", Millis.text(stall.nanos()));
    pause(stall.nanos());
    return true;
  }
}
