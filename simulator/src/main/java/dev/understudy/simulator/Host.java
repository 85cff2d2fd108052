// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;

/** What one workload has on one machine: its gate, its program, and the copy that is held. */
final class Host {
  /** The life of a program here. */
  enum Life {
    NONE,
    STARTING,
    RUNNING,
    FROZEN
  }

  private static final long NO_ANSWER_NANOS = 2_000_000_000L;

  private final VirtualNode node;
  private final int workload;
  private final String name;
  private final World world;
  private Gate gate;
  private Life life = Life.NONE;
  private boolean hung;

  /** Counts programs, so that what belongs to a former one is recognised. */
  private long program;

  private Epoch runningIn = Epoch.NONE;
  private GenerationId held = GenerationId.NONE;

  Host(VirtualNode node, int workload) {
    this.node = node;
    this.workload = workload;
    this.world = node.world();
    this.name = world.setup().groups().get(workload).workload();
    this.gate = world.model().gates().get();
  }

  // ---- the machine -----------------------------------------------------------------------------

  /** Power is gone: nothing passes, nothing runs. */
  void powerLost() {
    gate = world.model().gates().get();
    agentStarts();
  }

  /** A new agent removes what a former one left; the gate stays as it is. */
  void agentStarts() {
    program++;
    life = Life.NONE;
    hung = false;
    held = GenerationId.NONE;
  }

  /**
   * A new agent may read back that a gate is shut which it did not shut itself. It says so when the
   * queues below are empty as well: the deadline may have passed just now.
   */
  void readBack() {
    if (!gateOpen()) {
      long margin = world.setup().timing().gateMarginNanos();
      node.later(margin + margin / 100, () -> node.mail(t -> new Input.GateShut(t, name)));
    }
  }

  boolean gateOpen() {
    return gate.open(node.local());
  }

  boolean answers() {
    return gateOpen() && life == Life.RUNNING && !hung;
  }

  GenerationId held() {
    return held;
  }

  Life life() {
    return life;
  }

  // ---- commands --------------------------------------------------------------------------------

  void run(Command command) {
    switch (command) {
      case Command.OpenGate(_, var epoch, var until) -> {
        gate.openUntil(until, node.local());
        world.invariants().gateMoved(node, workload, epoch, gateOpen(), until);
      }
      case Command.NarrowGate(_, var epoch, var until) -> {
        gate.openUntil(until, node.local());
        world.invariants().gateMoved(node, workload, epoch, gateOpen(), until);
        node.mail(t -> new Input.GateNarrowed(t, name));
      }
      case Command.ShutGate(_, var epoch) -> {
        gate.shut(node.local());
        world.invariants().gateShut(node, workload);
        world.say(node.name(), "shuts the gate of ", name, epoch);
        node.mail(t -> new Input.GateShut(t, name));
      }
      case Command.Wake(_, var epoch, var generation) -> wake(epoch, generation);
      case Command.Start(_, var epoch) -> start(epoch);
      case Command.Announce _ -> world.client().announced(node, workload);
      case Command.Freeze _ -> life = life == Life.RUNNING ? Life.FROZEN : life;
      case Command.Discard _, Command.KeepAside _ -> end();
      case Command.Checkpoint(_, var generation, var standby) -> checkpoint(generation, standby);
      // What it still brings about over there comes too late to be heard of here.
      case Command.Abandon(_, var generation) -> checkpointFailed(generation, "it was given up");
    }
  }

  private void wake(Epoch epoch, GenerationId generation) {
    boolean own = generation.sequence() == GenerationId.LIVE;
    boolean there = own ? life == Life.FROZEN : held.equals(generation);
    if (!there || node.startsFail()) {
      world.say(node.name(), "cannot wake ", generation, " of ", name, epoch);
      held = own || !there ? held : GenerationId.NONE;
      failed(epoch, "could not be woken");
      return;
    }
    if (!own) {
      program++;
      held = GenerationId.NONE;
    }
    runs(epoch);
    world.say(node.name(), "wakes ", generation, " of ", name, epoch);
  }

  private void start(Epoch epoch) {
    life = Life.STARTING;
    long mine = ++program;
    world.say(node.name(), "starts without state ", name, epoch);
    node.later(
        node.about(world.setup().pace().startNanos()), () -> node.task(() -> started(mine, epoch)));
  }

  private void started(long mine, Epoch epoch) {
    if (mine != program || life != Life.STARTING) {
      return;
    }
    if (node.startsFail()) {
      end();
      failed(epoch, "could not be started");
    } else {
      runs(epoch);
    }
  }

  private void runs(Epoch epoch) {
    life = Life.RUNNING;
    hung = false;
    runningIn = epoch;
    node.mail(t -> new Input.Running(t, name, epoch));
  }

  private void failed(Epoch epoch, String why) {
    node.mail(t -> new Input.Failed(t, name, epoch, why));
  }

  private void end() {
    program++;
    life = Life.NONE;
    hung = false;
  }

  // ---- faults ----------------------------------------------------------------------------------

  /** The program ends by itself. */
  void exits() {
    if (life == Life.RUNNING || life == Life.FROZEN) {
      Epoch last = runningIn;
      end();
      failed(last, "the program ended");
    }
  }

  /** The program stands still until that is noticed. */
  void hangs(long nanos) {
    if (life == Life.RUNNING) {
      hung = true;
      long mine = program;
      node.later(
          nanos,
          () -> {
            if (mine == program && hung) {
              exits();
            }
          });
    }
  }

  void copyDies() {
    GenerationId lost = held;
    if (!lost.equals(GenerationId.NONE)) {
      held = GenerationId.NONE;
      node.mail(t -> new Input.CopyLost(t, name, lost));
    }
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  private void checkpoint(GenerationId id, String standby) {
    if (life != Life.RUNNING) {
      checkpointFailed(id, "the program does not run");
      return;
    }
    long mine = program;
    long began = world.now();
    world.invariants().captured(workload, id);
    node.later(
        node.about(world.setup().pace().captureNanos()),
        () -> {
          if (mine != program || world.capturesFail(workload)) {
            checkpointFailed(id, "the capture failed");
          } else {
            ship(id, world.node(standby), began);
          }
        });
  }

  private void ship(GenerationId id, VirtualNode to, long began) {
    node.later(
        node.about(world.setup().pace().shipNanos()),
        () -> {
          Host there = to.host(workload);
          if (!connected(to) || !id.newerThan(there.held)) {
            checkpointFailed(id, "the standby does not take it");
            return;
          }
          long life = to.agentLife();
          to.later(to.restoreNanos(), () -> there.arrived(id, this, began));
          // Nobody answers for a standby that is gone.
          node.later(
              NO_ANSWER_NANOS,
              () -> {
                if (to.agentLife() != life) {
                  checkpointFailed(id, "the standby went away");
                }
              });
        });
  }

  private boolean connected(VirtualNode to) {
    return to.agentRuns() && world.network().upBothWays(node.index(), to.index());
  }

  private void arrived(GenerationId id, Host from, long began) {
    if (node.restoresFail()) {
      answer(from, id, began, "the restore failed");
    } else {
      node.task(() -> answer(from, id, began, exchange(id)));
    }
  }

  /** Takes a freshly held copy over; says why not if it is of no use any more. */
  private String exchange(GenerationId id) {
    if (life != Life.NONE) {
      return "it is active itself";
    }
    if (!id.newerThan(held)) {
      return "a newer one is held";
    }
    held = id;
    world.invariants().heldHere(node, workload, id);
    node.mail(t -> new Input.CopyHeld(t, name, id));
    return "";
  }

  private void answer(Host to, GenerationId id, long began, String refusal) {
    boolean heard = connected(to.node);
    to.node.later(
        heard ? world.setup().pace().linkMostNanos() : NO_ANSWER_NANOS,
        () -> {
          if (heard && refusal.isEmpty()) {
            long took = world.now() - began;
            to.node.mail(t -> new Input.CheckpointDone(t, name, id, took));
          } else {
            to.checkpointFailed(id, heard ? refusal : "no answer");
          }
        });
  }

  private void checkpointFailed(GenerationId id, String why) {
    node.mail(t -> new Input.CheckpointFailed(t, name, id, why));
  }
}
