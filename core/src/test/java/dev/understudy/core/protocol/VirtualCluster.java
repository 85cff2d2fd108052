// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Real {@link FailoverNode}s on a virtual clock and network, from one seed. The gate is modelled as
 * the kernel's: an absolute deadline that outlives the agent. After every command it is checked
 * that no two gates of one workload are open.
 */
final class VirtualCluster {
  static final String WORKLOAD = "count";
  static final long MILLI = 1_000_000L;

  /** One machine: what survives its agent, and the agent if it runs. */
  final class Machine {
    final String name;
    final long clockOffset;
    DurableState disk = DurableState.NEW;
    Optional<FailoverNode> agent = Optional.empty();
    long life;
    long wakeups;
    long gateUntil = Long.MIN_VALUE;
    boolean process;
    GenerationId copy = GenerationId.NONE;
    long pausedUntil = Long.MIN_VALUE;
    long diskNanos = 5 * MILLI;
    final List<Input> mailbox = new ArrayList<>();

    Machine(String name, long clockOffset) {
      this.name = name;
      this.clockOffset = clockOffset;
    }

    boolean open() {
      return now < gateUntil;
    }
  }

  private record Event(long at, long order, Runnable action) {}

  final Timing timing;
  final TreeMap<String, Machine> machines = new TreeMap<>();
  final List<String> log = new ArrayList<>();
  final List<Verdict> verdicts = new ArrayList<>();
  final List<String> coldStarts = new ArrayList<>();
  final TreeSet<String> cuts = new TreeSet<>();
  final SplittableRandom random;
  long now = 1_000 * MILLI;
  double loss;
  double duplication;
  private final GroupConfig config;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private long order;

  VirtualCluster(Timing timing, long seed, String... names) {
    this.timing = timing;
    this.random = new SplittableRandom(seed);
    List<String> members = List.of(names);
    this.config =
        new GroupConfig(WORKLOAD, members, members, GroupConfig.Quorum.MAJORITY, true, 200 * MILLI);
    long offset = 7;
    for (String name : names) {
      machines.put(name, new Machine(name, offset));
      offset += 1_000_000_000_000L;
    }
  }

  VirtualCluster startAll() {
    machines.keySet().forEach(this::start);
    return this;
  }

  Machine machine(String name) {
    Machine machine = machines.get(name);
    if (machine == null) {
      throw new IllegalArgumentException(name);
    }
    return machine;
  }

  void start(String name) {
    Machine m = machine(name);
    m.life++;
    m.disk = m.disk.nextStart(timing.promiseNanos());
    m.process = false;
    m.copy = GenerationId.NONE;
    m.gateUntil = Long.MIN_VALUE;
    m.mailbox.clear();
    m.agent =
        Optional.of(
            new FailoverNode(name, timing, List.of(config), m.disk, local(m), random.split()));
    deliver(m, t -> new Input.Tick(t));
  }

  /** Power loss: the gate and the process go with the machine. */
  void crash(String name) {
    Machine m = machine(name);
    m.life++;
    m.agent = Optional.empty();
    m.process = false;
    m.gateUntil = Long.MIN_VALUE;
    m.copy = GenerationId.NONE;
  }

  /** Nothing of the agent runs until then; its gate and its process go on. */
  void pause(String name, long forNanos) {
    Machine m = machine(name);
    m.pausedUntil = now + forNanos;
    at(m.pausedUntil, () -> resume(m));
  }

  private void resume(Machine m) {
    List<Input> waiting = List.copyOf(m.mailbox);
    m.mailbox.clear();
    waiting.forEach(i -> deliver(m, t -> restamp(i, t)));
    deliver(m, Input.Tick::new);
  }

  private static Input restamp(Input input, long at) {
    return switch (input) {
      case Input.Received(_, var d) -> new Input.Received(at, d);
      case Input.GateShut(_, var w) -> new Input.GateShut(at, w);
      case Input.Running(_, var w, var e) -> new Input.Running(at, w, e);
      case Input.CopyHeld(_, var w, var g) -> new Input.CopyHeld(at, w, g);
      case Input.CheckpointDone(_, var w, var g, var t) -> new Input.CheckpointDone(at, w, g, t);
      case Input.Persisted(_, var s) -> new Input.Persisted(at, s);
      case Input.Tick _ -> new Input.Tick(at);
      case Input.Failed(_, var w, var e, var r) -> new Input.Failed(at, w, e, r);
      case Input.CopyLost(_, var w, var g) -> new Input.CopyLost(at, w, g);
      case Input.CheckpointFailed(_, var w, var g, var r) ->
          new Input.CheckpointFailed(at, w, g, r);
    };
  }

  /** Frames from one to the other are lost from now on. */
  void cut(String from, String to) {
    cuts.add(from + ">" + to);
  }

  void isolate(String name) {
    for (String other : machines.keySet()) {
      cut(name, other);
      cut(other, name);
    }
  }

  void heal() {
    cuts.clear();
  }

  void fail(String name, String reason) {
    Machine m = machine(name);
    m.process = false;
    Epoch epoch = view(name).orElseThrow().epoch();
    deliver(m, t -> new Input.Failed(t, WORKLOAD, epoch, reason));
  }

  void advance(long millis) {
    long end = now + millis * MILLI;
    for (Event next = queue.peek(); next != null && next.at <= end; next = queue.peek()) {
      queue.remove();
      now = Math.max(now, next.at);
      next.action.run();
    }
    now = end;
  }

  void at(long when, Runnable action) {
    queue.add(new Event(when, order++, action));
  }

  private long local(Machine m) {
    return now + m.clockOffset;
  }

  private interface Stamp {
    Input at(long local);
  }

  private void deliver(Machine m, Stamp stamp) {
    if (m.agent.isEmpty()) {
      return;
    }
    Input input = stamp.at(local(m));
    if (now < m.pausedUntil) {
      if (!(input instanceof Input.Tick)) {
        m.mailbox.add(input);
      }
      return;
    }
    execute(m, m.agent.get().step(input));
  }

  private void later(Machine m, long delay, Stamp stamp) {
    long life = m.life;
    at(
        now + delay,
        () -> {
          if (m.life == life) {
            deliver(m, stamp);
          }
        });
  }

  private void execute(Machine m, Outcome outcome) {
    outcome
        .persistFirst()
        .ifPresent(state ->
            later(
                m,
                m.diskNanos,
                t -> {
                  m.disk = state;
                  return new Input.Persisted(t, state);
                }));
    outcome.thenSend().forEach(this::transmit);
    outcome.thenRun().forEach(c -> run(m, c));
    outcome.verdicts().forEach(v -> say(m, v));
    long wake = Math.max(0, outcome.wakeAtNanos() - local(m));
    long wakeup = ++m.wakeups;
    long life = m.life;
    at(
        now + wake + random.nextLong(100_000),
        () -> {
          // A later step has set a later wake-up: this one is void, as with a real timer.
          if (m.life == life && m.wakeups == wakeup) {
            deliver(m, Input.Tick::new);
          }
        });
  }

  private void say(Machine m, Verdict verdict) {
    verdicts.add(verdict);
    log.add(now / 1000 + " us " + m.name + " " + verdict.text());
  }

  private void transmit(Datagram datagram) {
    int copies = random.nextDouble() < duplication ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() >= loss) {
        long delay = 50_000 + random.nextLong(200_000);
        at(now + delay, () -> arrive(datagram));
      }
    }
  }

  private void arrive(Datagram d) {
    if (!cuts.contains(d.sender() + ">" + d.receiver())) {
      deliver(machine(d.receiver()), t -> new Input.Received(t, d));
    }
  }

  private void run(Machine m, Command command) {
    switch (command) {
      case Command.OpenGate(_, _, var until) -> {
        m.gateUntil = Math.max(m.gateUntil, until - m.clockOffset);
        checkGates(m);
      }
      case Command.ShutGate _ -> {
        m.gateUntil = Math.min(m.gateUntil, now);
        later(m, 10_000, t -> new Input.GateShut(t, WORKLOAD));
      }
      case Command.Wake(_, var epoch, var generation) -> {
        if (generation.sequence() != GenerationId.LIVE && !m.copy.equals(generation)) {
          throw new IllegalStateException("woke " + generation + ", holds " + m.copy);
        }
        m.copy = GenerationId.NONE;
        m.process = true;
        later(m, MILLI, t -> new Input.Running(t, WORKLOAD, epoch));
      }
      case Command.Start(_, var epoch) -> {
        coldStarts.add(epoch.toString());
        m.process = true;
        later(m, 100 * MILLI, t -> new Input.Running(t, WORKLOAD, epoch));
      }
      case Command.Checkpoint(_, var generation, var standby) ->
          checkpoint(m, generation, machine(standby));
      case Command.Discard _ -> m.process = false;
      case Command.Announce _, Command.Freeze _ -> {}
    }
  }

  private void checkpoint(Machine from, GenerationId generation, Machine to) {
    long life = to.life;
    later(
        from,
        20 * MILLI,
        t -> {
          boolean reachable = !cuts.contains(from.name + ">" + to.name);
          if (to.agent.isEmpty() || to.life != life || !reachable) {
            return new Input.CheckpointFailed(t, WORKLOAD, generation, "standby gone");
          }
          to.copy = generation;
          deliver(to, l -> new Input.CopyHeld(l, WORKLOAD, generation));
          return new Input.CheckpointDone(t, WORKLOAD, generation, 20 * MILLI);
        });
  }

  private void checkGates(Machine opener) {
    for (Machine other : machines.values()) {
      if (other != opener && other.open() && opener.open()) {
        throw new IllegalStateException(
            "two gates open: "
                + opener.name
                + " and "
                + other.name
                + " at "
                + now
                + "\n"
                + String.join("\n", log));
      }
    }
  }

  Optional<GroupView> view(String name) {
    return machine(name).agent.map(a -> a.views().getFirst());
  }

  List<String> actives() {
    return machines.values().stream().filter(Machine::open).map(m -> m.name).toList();
  }

  /**
   * Lets time pass in small steps until the condition holds; fails after that many milliseconds.
   */
  long until(String what, long mostMillis, Consumer<VirtualCluster> each, Condition condition) {
    long began = now;
    while (!condition.holds(this)) {
      if (now - began > mostMillis * MILLI) {
        throw new AssertionError(
            what + " not within " + mostMillis + " ms\n" + String.join("\n", log));
      }
      long step = now + MILLI / 10;
      for (Event next = queue.peek(); next != null && next.at <= step; next = queue.peek()) {
        queue.remove();
        now = Math.max(now, next.at);
        next.action.run();
      }
      now = step;
      each.accept(this);
    }
    return now - began;
  }

  interface Condition {
    boolean holds(VirtualCluster cluster);
  }

  Map<String, Machine> all() {
    return machines;
  }
}
