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
 * that no two gates of one workload are open, that epochs never regress, and that none is used
 * twice.
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

    /** Of the machine's own clock, like everything that it decides by. */
    long gateUntil = Long.MIN_VALUE;

    /** How much faster than true time its clock runs. */
    long ppm;

    boolean diskWorks = true;
    boolean leaving;
    boolean process;

    /** Reigns whose last state was kept aside here. */
    final List<Epoch> aside = new ArrayList<>();

    /** What its agent has written down to be resumed by the next one. */
    Optional<ParkedReign> parked = Optional.empty();

    /** Which epoch it beat with last. */
    Epoch told = Epoch.NONE;

    /** Under which epoch its gate was opened last. */
    Epoch openedFor = Epoch.NONE;

    GenerationId copy = GenerationId.NONE;
    long pausedUntil = Long.MIN_VALUE;
    long diskNanos = 5 * MILLI;
    long shutNanos = 10_000;
    final List<Input> mailbox = new ArrayList<>();

    Machine(String name, long clockOffset) {
      this.name = name;
      this.clockOffset = clockOffset;
    }

    boolean open() {
      return local(this) < gateUntil;
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

  /** How often a node stands still between a decision and its execution. */
  double stalls;

  /** How often a datagram comes tens of milliseconds late. */
  double stragglers;

  final GroupConfig config;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private final TreeSet<Epoch> elected = new TreeSet<>();
  private final GateChecks checks = new GateChecks(this);
  private long order;

  VirtualCluster(Timing timing, long seed, String... names) {
    this(timing, seed, group(GroupConfig.Quorum.MAJORITY, names));
  }

  VirtualCluster(Timing timing, long seed, GroupConfig config) {
    this.timing = timing;
    this.random = new SplittableRandom(seed);
    this.config = config;
    long offset = 7;
    for (String name : config.members()) {
      machines.put(name, new Machine(name, offset));
      offset += 1_000_000_000_000L;
    }
  }

  static GroupConfig group(GroupConfig.Quorum quorum, String... names) {
    List<String> members = List.of(names);
    return new GroupConfig(WORKLOAD, members, members, quorum, true, 200 * MILLI);
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
    m.parked = Optional.empty();
    startAgent(m);
  }

  /** The agent is killed and started again; its gate stays open until the deadline. */
  void restartAgent(String name) {
    Machine m = machine(name);
    m.life++;
    m.disk = m.disk.nextStart(timing.promiseNanos());
    m.process = false;
    m.copy = GenerationId.NONE;
    startAgent(m);
  }

  /** Asks for a lease under which the agent may be restarted. */
  void askMaintenance(String name, long nanos) {
    deliver(machine(name), t -> new Input.MaintenanceAsked(t, WORKLOAD, nanos));
  }

  void cancelMaintenance(String name) {
    deliver(machine(name), t -> new Input.MaintenanceCancelled(t, WORKLOAD));
  }

  /** The agent is told to end, and passes on what it has. */
  void leave(String name) {
    machine(name).leaving = true;
    deliver(machine(name), Input.Leaving::new);
  }

  /** The agent ends; gate, process and copy stay. */
  void endAgent(String name) {
    Machine m = machine(name);
    m.life++;
    m.agent = Optional.empty();
  }

  /** The next agent starts and tells what it has found: a parked reign if there is one. */
  void resumeAgent(String name) {
    Machine m = machine(name);
    m.disk = m.disk.nextStart(timing.promiseNanos());
    m.copy = GenerationId.NONE;
    startAgent(m);
    m.parked.ifPresentOrElse(
        reign -> deliver(m, t -> new Input.Resumed(t, reign, m.gateUntil, m.process)),
        () -> {
          m.process = false;
          m.gateUntil = Math.min(m.gateUntil, local(m));
          deliver(m, t -> new Input.GateShut(t, WORKLOAD));
        });
    m.parked = Optional.empty();
  }

  private void startAgent(Machine m) {
    m.mailbox.clear();
    m.pausedUntil = Long.MIN_VALUE;
    m.leaving = false;
    m.agent =
        Optional.of(
            new FailoverNode(
                m.name,
                timing,
                List.of(config),
                m.disk,
                local(m),
                FailoverNode.TAKEOVERS_USUAL,
                random.split()));
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
    pause(machine(name), now + forNanos, List.of());
  }

  /** Stands still until then; goes on with these outcomes, then with what came in. */
  private void pause(Machine m, long until, List<Outcome> first) {
    long life = m.life;
    m.pausedUntil = Math.max(m.pausedUntil, until);
    at(
        m.pausedUntil,
        () -> {
          if (m.life == life) {
            first.forEach(outcome -> execute(m, outcome));
            resume(m);
          }
        });
  }

  private void resume(Machine m) {
    List<Input> waiting = List.copyOf(m.mailbox);
    m.mailbox.clear();
    waiting.forEach(i -> deliver(m, t -> Restamp.at(i, t)));
    deliver(m, Input.Tick::new);
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

  /** Its program ends, which was started or woken in that epoch. */
  void fail(String name, Epoch epoch, String reason) {
    Machine m = machine(name);
    m.process = false;
    deliver(m, t -> new Input.Failed(t, WORKLOAD, epoch, reason));
  }

  /** Somebody says at this node that the other can have no effect any more. */
  void fence(String at, String node) {
    deliver(machine(at), t -> new Input.Fenced(t, WORKLOAD, node));
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
    return m.clockOffset + now + now * m.ppm / 1_000_000;
  }

  private long trueNanos(Machine m, long local) {
    return local * 1_000_000 / (1_000_000 + m.ppm);
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
    Outcome outcome = m.agent.get().step(input);
    if (random.nextDouble() < stalls) {
      pause(m, now + random.nextLong(60 * MILLI), List.of(outcome));
    } else {
      execute(m, outcome);
    }
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
                  if (!m.diskWorks) {
                    return new Input.Tick(t);
                  }
                  m.disk = state;
                  return new Input.Persisted(t, state);
                }));
    outcome.thenSend().forEach(this::transmit);
    outcome.thenRun().forEach(c -> run(m, c));
    outcome.verdicts().forEach(v -> say(m, v));
    long wake = Math.max(0, trueNanos(m, outcome.wakeAtNanos() - local(m)));
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
    if (verdict instanceof Verdict.MaintenanceGranted(_, var reign)) {
      m.parked = Optional.of(reign);
    }
    verdicts.add(verdict);
    if (verdict instanceof Verdict.Elected(_, var epoch, _, _) && !elected.add(epoch)) {
      throw new IllegalStateException("elected twice: " + epoch + "\n" + String.join("\n", log));
    }
    log.add(now / 1000 + " us " + m.name + " " + verdict.text());
  }

  private void transmit(Datagram datagram) {
    machine(datagram.sender()).told = datagram.rows().getFirst().epoch();
    int copies = random.nextDouble() < duplication ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() >= loss) {
        boolean late = random.nextDouble() < stragglers;
        long delay = 50_000 + random.nextLong(late ? 80 * MILLI : 200_000);
        at(now + delay, () -> arrive(datagram));
      }
    }
  }

  private void arrive(Datagram d) {
    if (!cuts.contains(d.sender() + ">" + d.receiver())) {
      deliver(machine(d.receiver()), t -> new Input.Received(t, d));
      checks.heard(machine(d.sender()), machine(d.receiver()), d);
    }
  }

  private void run(Machine m, Command command) {
    switch (command) {
      case Command.OpenGate(_, var epoch, var until) -> {
        m.gateUntil = Math.max(m.gateUntil, until);
        checks.opened(m, epoch);
      }
      case Command.NarrowGate(_, _, var until) -> {
        m.gateUntil = Math.min(m.gateUntil, until);
        later(m, 10_000, t -> new Input.GateNarrowed(t, WORKLOAD));
      }
      case Command.ShutGate _ -> {
        m.gateUntil = Math.min(m.gateUntil, local(m));
        later(m, m.shutNanos, t -> new Input.GateShut(t, WORKLOAD));
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
      case Command.KeepAside(_, var epoch, _) -> {
        m.process = false;
        m.aside.add(epoch);
      }
      case Command.Abandon(_, var generation) ->
          later(m, 10_000, t -> new Input.CheckpointFailed(t, WORKLOAD, generation, "given up"));
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
          boolean refuses = to.process || now < to.pausedUntil;
          if (to.agent.isEmpty() || to.life != life || !reachable || refuses) {
            return new Input.CheckpointFailed(t, WORKLOAD, generation, "standby gone");
          }
          to.copy = generation;
          deliver(to, l -> new Input.CopyHeld(l, WORKLOAD, generation));
          return new Input.CheckpointDone(t, WORKLOAD, generation, 20 * MILLI);
        });
  }

  Optional<GroupView> view(String name) {
    return machine(name).agent.map(a -> a.views().getFirst());
  }

  /** Whether exactly one node acts, and another holds a copy of its program. */
  boolean isProtected() {
    List<String> actives = actives();
    return actives.size() == 1
        && !view(actives.getFirst()).orElseThrow().protectedBy().equals(GenerationId.NONE);
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
