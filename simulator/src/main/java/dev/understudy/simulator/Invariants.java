// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.Row;
import java.util.List;

/**
 * The oracle: told of everything that happens, it keeps books of its own and says when a rule is
 * broken. It knows datagrams, commands and true time; nothing of what a node thinks.
 */
final class Invariants {
  private final World world;
  private final HeardBook heard;
  private final GateBook gates;
  private final VoterBook voters;
  private final PromiseBook promises;
  private final StateBook states;
  private final YieldBook yields;
  private final StormBook storm;
  private final LatenessBook lateness;
  private final Reigns reigns;

  Invariants(World world) {
    this.world = world;
    this.heard = new HeardBook(world);
    this.lateness = new LatenessBook(world);
    this.gates = new GateBook(world, heard, lateness);
    this.voters = new VoterBook(world);
    this.promises = new PromiseBook(world, voters);
    this.states = new StateBook(world, heard);
    this.yields = new YieldBook(world);
    this.storm = new StormBook(world);
    this.reigns = new Reigns(world);
  }

  HeardBook heard() {
    return heard;
  }

  VoterBook voters() {
    return voters;
  }

  Reigns reigns() {
    return reigns;
  }

  // ---- agents ----------------------------------------------------------------------------------

  void agentStarted(VirtualNode node, long startedAt) {
    heard.agentStarted(node);
    states.agentStarted(node, startedAt);
    promises.agentStarted(node);
    voters.agentStarted(node);
    yields.agentStarted(node);
    storm.agentStarted(node);
    lateness.agentStarted(node);
    reigns.agentStarted(node);
  }

  void agentEnded(VirtualNode node) {
    gates.agentEnded(node);
    promises.agentEnded(node);
    reigns.agentEnded(node);
  }

  void powerLost(VirtualNode node) {
    gates.powerLost(node);
  }

  void diskLost(VirtualNode node) {
    promises.diskLost(node);
  }

  // ---- the deciding thread ---------------------------------------------------------------------

  /** Before a step. */
  void before(VirtualNode node, Input input) {
    gates.before(node, input.now());
    if (input instanceof Input.Received(_, var datagram)) {
      int from = world.index(datagram.sender());
      boolean newest = heard.delivered(node, from, datagram);
      promises.delivered(node, from, datagram);
      List<Row> rows = datagram.rows();
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        int workload = world.workload(row.workload());
        promises.delivered(node, from, workload, datagram, row, newest);
        if (newest) {
          states.delivered(node, from, workload, row);
          voters.delivered(node, workload, row);
          yields.delivered(node, workload, row, gates);
        }
      }
    }
  }

  /** Its own vote is for the highest number of its reign, which the gate may not have yet. */
  private static Epoch voted(Outcome outcome, String workload, Epoch known) {
    Epoch voted = known;
    for (Datagram datagram : outcome.thenSend()) {
      for (Row row : datagram.rows()) {
        boolean reigns = row.workload().equals(workload) && row.stand() == Row.Stand.ACTIVE;
        voted = reigns && row.epoch().above(voted) ? row.epoch() : voted;
      }
    }
    return voted;
  }

  /** After a step, before anything of its outcome is carried out. */
  void decided(VirtualNode node, Input input, Outcome outcome) {
    lateness.decided(node, input, outcome);
    if (!(input instanceof Input.Received) && !(input instanceof Input.Tick)) {
      took(node, input, outcome);
    }
    outcome.persistFirst().ifPresent(state -> voters.decided(node, state));
    outcome.thenSend().forEach(datagram -> voters.decided(node, datagram));
    for (Command command : outcome.thenRun()) {
      int workload = world.workload(command.workload());
      Epoch highest = yields.reign(node, workload);
      yields.commanded(node, workload, command);
      storm.commanded(node, command, input.now());
      switch (command) {
        case Command.OpenGate(_, var epoch, var until) -> {
          if (gates.decidedToOpen(node, workload, epoch, until, input.now())) {
            reigns.began(node, workload);
          }
          boolean alone = gates.isAlone(node, workload);
          Epoch voted = voted(outcome, command.workload(), highest.above(epoch) ? highest : epoch);
          if (promises.leased(node, workload, voted, until, alone, input.now())) {
            gates.accompanied(node, workload);
          }
          states.reigns(node, workload, epoch);
        }
        case Command.NarrowGate(_, _, var until) -> gates.decidedToNarrow(node, workload, until);
        case Command.ShutGate _ -> {
          gates.decidedToShut(node, workload);
          states.reignOver(node, workload, highest);
          reigns.ended(
              node, workload, input instanceof Input.Failed || input instanceof Input.Leaving);
        }
        case Command.Wake(_, var epoch, var generation) ->
            states.wakes(node, workload, epoch, generation);
        default -> {}
      }
    }
    for (Announcement news : outcome.thenAnnounce()) {
      gates.announced(node, news, yields.reign(node, world.workload(news.workload())));
    }
    yields.decided(node);
  }

  private void took(VirtualNode node, Input input, Outcome outcome) {
    states.took(node, input);
    promises.took(node, input);
    voters.took(node, input);
    storm.took(node, input);
    if (input instanceof Input.Failed(_, var workload, _, _)) {
      yields.programEnded(node, world.workload(workload));
    }
    if (input instanceof Input.Resumed resumed) {
      resumed(node, resumed, outcome);
    }
  }

  /** A reign goes on if, and only if, its gate is as it was agreed, in time, and has a program. */
  private void resumed(VirtualNode node, Input.Resumed input, Outcome outcome) {
    int workload = world.workload(input.reign().workload());
    boolean goesOn =
        outcome.thenRun().stream()
            .noneMatch(c ->
                c instanceof Command.ShutGate && c.workload().equals(input.reign().workload()));
    boolean may =
        input.gateUntilNanos() == input.reign().gateUntilNanos()
            && input.now() < input.gateUntilNanos()
            && input.running();
    // What comes back too late is frozen: then it is state of that reign.
    if (input.gateUntilNanos() == input.reign().gateUntilNanos()) {
      states.reigns(node, workload, input.reign().epoch());
    }
    if (goesOn != may) {
      world.violated("resumed", node + (goesOn ? " goes on: " : " does not go on: ") + input);
    }
    if (goesOn) {
      gates.resumed(node, workload, input.reign());
      promises.resumed(node, workload, input.reign());
      yields.resumed(node, workload, input.reign().epoch());
      reigns.resumed(node, workload);
    }
  }

  /** Before the datagram leaves. */
  void sent(VirtualNode node, Datagram datagram) {
    List<Row> rows = datagram.rows();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      int workload = world.workload(row.workload());
      promises.sent(node, workload, datagram, row);
      states.sent(node, workload, row);
      yields.sent(node, workload, row);
    }
  }

  // ---- machines --------------------------------------------------------------------------------

  void gateMoved(
      VirtualNode node, int workload, Epoch epoch, boolean wasOpen, boolean open, long until) {
    gates.moved(node, workload, epoch, wasOpen, open, until);
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
