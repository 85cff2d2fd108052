// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** One machine: power, clock, disk, the agent when it runs, and what it has of each workload. */
public final class VirtualNode {
  private static final long NOT_RUNNING = Long.MAX_VALUE;
  private static final long BOOTED_FOR_MOST = 60_000_000_000L;
  static final long LEAVING_MOST_NANOS = 1_000_000_000L;

  private final World world;
  private final int index;
  private final String name;
  private final NodeClock clock = new NodeClock();
  private final Chance chance;
  private final VirtualDisk disk;
  private final Decider decider;
  private final PlannedRestart plannedRestart;
  private final List<Host> hosts = new ArrayList<>();
  private boolean powered;
  private long agentLife;
  private long agentSince = NOT_RUNNING;
  private long stillUntil;
  private long suspendedUntil;
  private int restoresFailing;
  private int startsFailing;
  private long restoreLongerNanos;
  private boolean leaving;
  private long awayNanos;

  VirtualNode(World world, int index, String name, long seed) {
    this.world = world;
    this.index = index;
    this.name = name;
    this.chance = Chance.of(seed, index);
    this.disk = new VirtualDisk(this);
    this.decider = new Decider(this, chance);
    this.plannedRestart = new PlannedRestart(this);
  }

  /** Once, when the world has all its parts. */
  void furnish() {
    for (int workload = 0; workload < world.setup().groups().size(); workload++) {
      hosts.add(new Host(this, workload));
    }
  }

  // ---- what it is ------------------------------------------------------------------------------

  World world() {
    return world;
  }

  int index() {
    return index;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  NodeClock clock() {
    return clock;
  }

  VirtualDisk disk() {
    return disk;
  }

  Decider decider() {
    return decider;
  }

  PlannedRestart plannedRestart() {
    return plannedRestart;
  }

  List<Host> hosts() {
    return List.copyOf(hosts);
  }

  Host host(int workload) {
    return hosts.get(workload);
  }

  /** Its CLOCK_BOOTTIME now. */
  public long local() {
    return clock.local(world.now());
  }

  /** Whether it has power. */
  public boolean isPowered() {
    return powered;
  }

  boolean agentRuns() {
    return agentSince != NOT_RUNNING;
  }

  /** Since when its agent runs; {@link Long#MAX_VALUE} when it does not. */
  long agentSince() {
    return agentSince;
  }

  long agentLife() {
    return agentLife;
  }

  boolean gateOpen(int workload) {
    return hosts.get(workload).gateOpen();
  }

  boolean answers(int workload) {
    return hosts.get(workload).answers() && world.now() >= stillUntil;
  }

  /** What its agent would show of each workload; empty when it does not run. */
  public List<GroupView> views() {
    return decider.views();
  }

  // ---- power and agent -------------------------------------------------------------------------

  /** Gets power and boots. */
  void powerOn() {
    if (powered) {
      return;
    }
    powered = true;
    clock.boot(world.now(), 1 + chance.below(BOOTED_FOR_MOST));
    startAgent(about(world.setup().pace().bootNanos()));
  }

  /** Loses its power. */
  void powerOff() {
    if (!powered) {
      return;
    }
    endAgent();
    powered = false;
    stillUntil = 0;
    suspendedUntil = 0;
    for (Host host : hosts) {
      host.powerLost();
    }
    world.invariants().powerLost(this);
  }

  /** Its disk is gone; somebody puts an empty one in, and tells the agent so. */
  void loseDisk(long silenceNanos) {
    disk.lose(silenceNanos);
    plannedRestart.diskLost();
    world.invariants().diskLost(this);
  }

  /** The agent is killed; machine, gates and programs go on. */
  void endAgent() {
    if (!powered) {
      return;
    }
    agentLife++;
    agentSince = NOT_RUNNING;
    world.invariants().agentEnded(this);
    leaving = false;
    decider.end();
    plannedRestart.agentEnded();
    disk.forget(chance.percent(50));
  }

  /**
   * The agent is told to end; when it has passed everything on, or is tired of waiting, it does.
   */
  void leave(long away) {
    if (!agentRuns() || leaving) {
      return;
    }
    leaving = true;
    awayNanos = away;
    later(LEAVING_MOST_NANOS, this::endForGood);
    mail(Input.Leaving::new);
  }

  /** After each step. */
  void endIfMay() {
    if (leaving && decider.mayEnd()) {
      endForGood();
    }
  }

  private void endForGood() {
    endAgent();
    startAgent(awayNanos);
  }

  /** A new agent is started after that time; it reads and writes its disk before anything else. */
  void startAgent(long afterNanos) {
    later(
        afterNanos,
        () -> {
          long startedAt = local();
          long trueStart = world.now();
          for (int i = 0; i < hosts.size(); i++) {
            if (plannedRestart.isParked(world.setup().groups().get(i))) {
              hosts.get(i).agentResumes();
            } else {
              hosts.get(i).agentStarts();
            }
          }
          long promise = world.setup().timing().promiseNanos();
          disk.save(
              disk.state().nextStart(promise),
              saved -> {
                agentSince = world.now();
                world.invariants().agentStarted(this, trueStart);
                List<GroupConfig> groups = world.setup().groups();
                decider.begin(
                    world
                        .model()
                        .protocol()
                        .start(
                            name,
                            world.setup().timing(),
                            groups,
                            saved,
                            startedAt,
                            world.setup().takeoversAtOnce(),
                            chance.generator()),
                    plannedRestart.takeUp());
                world.subscriber().agentStarted(this);
                readBackGates();
              });
        });
  }

  /** An agent that removes its sandboxes knows that their gates are shut; not every one does. */
  private void readBackGates() {
    if (chance.percent(50)) {
      for (int workload = 0; workload < hosts.size(); workload++) {
        GroupConfig group = world.setup().groups().get(workload);
        if (group.members().contains(name) && !plannedRestart.isParked(group)) {
          hosts.get(workload).readBack();
        }
      }
    }
  }

  // ---- time ------------------------------------------------------------------------------------

  /** Half of it to all of it. */
  long about(long nanos) {
    return nanos / 2 + chance.below(nanos / 2 + 1);
  }

  /** Does that later, if the agent still lives then, and not before the machine goes on. */
  void later(long nanos, Runnable action) {
    long mine = agentLife;
    world.in(nanos, () -> unlessStill(mine, action));
  }

  private void unlessStill(long mine, Runnable action) {
    if (mine != agentLife) {
      return;
    }
    if (world.now() < stillUntil) {
      world.at(stillUntil, () -> unlessStill(mine, action));
    } else {
      action.run();
    }
  }

  void pause(long nanos, Fault.Scope scope) {
    if (!powered) {
      return;
    }
    long until = world.now() + nanos;
    if (scope != Fault.Scope.THREAD) {
      stillUntil = Math.max(stillUntil, until);
    }
    if (scope == Fault.Scope.SUSPEND) {
      suspendedUntil = Math.max(suspendedUntil, until);
    }
    decider.pause(nanos);
  }

  // ---- what comes in ---------------------------------------------------------------------------

  void arrive(Datagram datagram) {
    if (agentRuns() && world.now() >= suspendedUntil) {
      decider.arrive(datagram);
    }
  }

  void mail(LongFunction<Input> input) {
    decider.post(() -> decider.step(input.apply(local())));
  }

  /** The same for what comes over the network: who is suspended does not get it. */
  void mailNow(LongFunction<Input> input) {
    if (agentRuns() && world.now() >= suspendedUntil) {
      mail(input);
    }
  }

  /** Something that has to happen on the deciding thread. */
  void task(Runnable action) {
    decider.post(action);
  }

  // ---- faults of long operations ---------------------------------------------------------------

  void failRestores(int by) {
    restoresFailing += by;
  }

  boolean restoresFail() {
    return restoresFailing > 0;
  }

  void failStarts(int by) {
    startsFailing += by;
  }

  boolean startsFail() {
    return startsFailing > 0;
  }

  void slowRestores(long longerNanos) {
    restoreLongerNanos = longerNanos;
  }

  long restoreNanos() {
    return about(world.setup().pace().holdNanos()) + restoreLongerNanos;
  }

  @Override
  public String toString() {
    return name;
  }
}
