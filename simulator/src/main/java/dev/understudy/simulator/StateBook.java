// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is promoted was captured once and really held there; and nobody asks for votes with older
 * state, or with none, before those who offer newer state have had their time.
 */
final class StateBook {
  /** A start without state waits so long for state that was heard of lately. */
  private static final long STATE_WAIT_NANOS = 10_000_000_000L;

  /** How lately, and not less than two windows. */
  private static final long STATE_HEARD_NANOS = 500_000_000L;

  /** What one node was told of one workload. Times are true. */
  private static final class Told {
    GenerationId held = GenerationId.NONE;
    GenerationId really = GenerationId.NONE;
    Epoch reigned = Epoch.NONE;

    /** The last epoch of its last reign that is over, in which a gate of it was opened. */
    Epoch frozen = Epoch.NONE;

    /** The last one that its beats carried: the reign may have been raised up to there. */
    Epoch frozenMost = Epoch.NONE;

    Epoch asked = Epoch.NONE;
    Epoch active = Epoch.NONE;

    /** Whether its reign is over, but its gate not yet known to be shut. */
    boolean closing;

    /** When it last knew of a reign. */
    long reignAt;

    GenerationId[] ofPeers = new GenerationId[0];
  }

  private final World world;
  private final int size;
  private final int workloads;
  private final Told[] told;
  private final HeardBook heard;
  // Asked for membership only, so that their order means nothing.
  private final List<Set<GenerationId>> captured = new ArrayList<>();

  StateBook(World world, HeardBook heard) {
    this.world = world;
    this.heard = heard;
    size = world.setup().nodes().size();
    workloads = world.setup().groups().size();
    told = new Told[size * workloads];
    Arrays.setAll(told, _ -> fresh());
    for (int i = 0; i < workloads; i++) {
      captured.add(new HashSet<>());
    }
  }

  private Told fresh() {
    Told fresh = new Told();
    fresh.ofPeers = new GenerationId[size];
    Arrays.fill(fresh.ofPeers, GenerationId.NONE);
    return fresh;
  }

  private Told told(VirtualNode node, int workload) {
    return told[node.index() * workloads + workload];
  }

  /** Whoever starts knows of nothing, and waits from the start of its agent on. */
  void agentStarted(VirtualNode node, long startedAt) {
    for (int workload = 0; workload < workloads; workload++) {
      Told fresh = fresh();
      fresh.reignAt = startedAt;
      told[node.index() * workloads + workload] = fresh;
    }
  }

  // ---- copies ----------------------------------------------------------------------------------

  void captured(int workload, GenerationId id) {
    if (!captured.get(workload).add(id)) {
      world.violated("generation-unique", "two captures are named " + id);
    }
  }

  void heldHere(VirtualNode node, int workload, GenerationId id) {
    told(node, workload).really = id;
    if (!captured.get(workload).contains(id)) {
      world.violated("generation-held", node + " holds " + id + ", which nobody captured");
    }
  }

  void took(VirtualNode node, Input input) {
    switch (input) {
      case Input.CopyHeld(_, var workload, var id) ->
          told(node, world.workload(workload)).held = id;
      case Input.CopyLost(_, var workload, var id) -> {
        Told book = told(node, world.workload(workload));
        book.held = book.held.equals(id) ? GenerationId.NONE : book.held;
      }
      case Input.GateShut(_, var workload) -> {
        Told book = told(node, world.workload(workload));
        // What a new agent reads back is of a former life.
        book.reignAt = book.reigned.equals(Epoch.NONE) ? book.reignAt : world.now();
        book.closing = false;
      }
      default -> {}
    }
  }

  void wakes(VirtualNode node, int workload, Epoch epoch, GenerationId id) {
    Told book = told(node, workload);
    boolean own = id.sequence() == GenerationId.LIVE;
    // Raised, it stops under the new epoch if a majority has echoed that: no gate has to move.
    boolean ofLast =
        id.epoch().node().equals(node.name())
            && !book.frozen.above(id.epoch())
            && !id.epoch().above(book.frozenMost);
    if (own && (book.frozen.equals(Epoch.NONE) || !ofLast)) {
      world.violated("generation-held", node + " wakes " + id + ", last reigned in " + book.frozen);
    }
    if (!own && (!book.held.equals(id) || !book.really.equals(id))) {
      world.violated(
          "generation-held", node + " wakes " + id + " in " + epoch + ", holds " + book.held);
    }
    if (!own) {
      book.held = GenerationId.NONE;
    }
  }

  void reigns(VirtualNode node, int workload, Epoch epoch) {
    told(node, workload).reigned = epoch;
  }

  /**
   * A reign is over.
   *
   * @param highest the last epoch that its beats carried
   */
  void reignOver(VirtualNode node, int workload, Epoch highest) {
    Told book = told(node, workload);
    book.frozen = book.reigned;
    book.frozenMost = highest.above(book.reigned) ? highest : book.reigned;
    book.closing = true;
    book.reignAt = world.now();
  }

  // ---- preference ------------------------------------------------------------------------------

  /** A row of a datagram that is newer than what came before from its sender. */
  void delivered(VirtualNode node, int from, int workload, Row row) {
    Told book = told(node, workload);
    book.ofPeers[from] = row.held();
    if (row.stand() == Row.Stand.ACTIVE && !book.active.above(row.epoch())) {
      book.active = row.epoch();
      book.reignAt = world.now();
      if (!book.closing && row.epoch().above(book.frozenMost)) {
        // Another one has reigned since: its own stopped process is of no use any more.
        book.frozen = Epoch.NONE;
      }
    }
  }

  void sent(VirtualNode node, int workload, Row row) {
    if (row.stand() == Row.Stand.CANDIDATE) {
      Told book = told(node, workload);
      if (!book.asked.equals(row.epoch())) {
        book.asked = row.epoch();
        asks(node, workload, row);
      }
    }
  }

  /** A new candidature: was it its turn? */
  private void asks(VirtualNode node, int workload, Row row) {
    GroupConfig group = world.setup().groups().get(workload);
    Told book = told(node, workload);
    long waited = world.now() - book.reignAt;
    boolean cold = row.held().equals(GenerationId.NONE);
    long twoWindows = 2 * world.setup().timing().windowNanos();
    for (String runner : group.runners()) {
      int other = world.index(runner);
      if (other == node.index() || !book.ofPeers[other].newerThan(row.held())) {
        continue;
      }
      long silent = heard.silence(node, other);
      boolean forgets =
          cold
              && group.mirrored()
              && silent < less(Math.max(STATE_HEARD_NANOS, twoWindows))
              && waited < less(STATE_WAIT_NANOS);
      boolean early =
          silent < less(twoWindows) && waited < less(3 * world.setup().timing().leaseNanos());
      if (forgets || early) {
        world.violated(
            "preference",
            node
                + " asks in "
                + row.epoch()
                + " offering "
                + row.held()
                + ", "
                + Millis.text(waited)
                + " after a reign, although "
                + runner
                + ", heard "
                + Millis.text(silent)
                + " ago, offers "
                + book.ofPeers[other]);
      }
    }
  }

  /** The node measures by its own clock, which may be fast. */
  private static long less(long nanos) {
    return nanos - nanos / 500;
  }
}
