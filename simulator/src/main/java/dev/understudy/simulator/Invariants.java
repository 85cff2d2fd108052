// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;

/**
 * The oracle: told of everything that happens, it keeps books of its own and says when a rule is
 * broken. It knows datagrams, commands and true time; nothing of what a node thinks.
 */
final class Invariants {
  private final World world;
  private final GateBook gates;
  private final PromiseBook promises;
  private final StateBook states;
  private final LatenessBook lateness;
  private final Reigns reigns;

  Invariants(World world) {
    this.world = world;
    this.gates = new GateBook(world);
    this.promises = new PromiseBook(world);
    this.states = new StateBook(world);
    this.lateness = new LatenessBook(world);
    this.reigns = new Reigns(world);
  }

  Reigns reigns() {
    return reigns;
  }

  // ---- agents ----------------------------------------------------------------------------------

  void agentStarted(VirtualNode node, long startedAt) {
    states.agentStarted(node, startedAt);
    lateness.agentStarted(node);
  }

  void agentEnded(VirtualNode node) {
    gates.agentEnded(node);
    promises.agentEnded(node);
    reigns.agentEnded(node);
  }

  void powerLost(VirtualNode node) {
    gates.powerLost(node);
  }

  // ---- the deciding thread ---------------------------------------------------------------------

  /** Before the node takes the datagram up. */
  void delivered(VirtualNode node, Datagram datagram) {
    promises.delivered(node, datagram);
    states.delivered(node, datagram);
  }

  /** After a step, before anything of its outcome is carried out. */
  void decided(VirtualNode node, Input input, Outcome outcome) {
    lateness.decided(node, input, outcome);
    if (!(input instanceof Input.Received) && !(input instanceof Input.Tick)) {
      states.took(node, input);
    }
    for (Command command : outcome.thenRun()) {
      int workload = world.workload(command.workload());
      switch (command) {
        case Command.OpenGate(_, var epoch, var until) -> {
          if (gates.decidedToOpen(node, workload, epoch, until, input.now())) {
            reigns.began(node, workload);
          }
          promises.leased(node, workload, epoch, until);
          states.reigns(node, workload, epoch);
        }
        case Command.NarrowGate(_, _, var until) -> gates.decidedToNarrow(node, workload, until);
        case Command.ShutGate _ -> {
          gates.decidedToShut(node, workload);
          states.reignOver(node, workload);
          reigns.ended(node, workload, input instanceof Input.Failed);
        }
        case Command.Wake(_, var epoch, var generation) ->
            states.wakes(node, workload, epoch, generation);
        default -> {}
      }
    }
  }

  /** Before the datagram leaves. */
  void sent(VirtualNode node, Datagram datagram) {
    promises.sent(node, datagram);
    states.sent(node, datagram);
  }

  // ---- machines --------------------------------------------------------------------------------

  void gateMoved(VirtualNode node, int workload, Epoch epoch, boolean open, long untilNanos) {
    gates.moved(node, workload, epoch, open, untilNanos);
  }

  void gateShut(VirtualNode node, int workload) {
    gates.shut(node, workload);
  }

  void captured(int workload, GenerationId id) {
    states.captured(workload, id);
  }

  void heldHere(VirtualNode node, int workload, GenerationId id) {
    states.heldHere(node, workload, id);
  }
}
