// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import java.util.Arrays;

/** Never two outputs of one workload; epochs unique and only rising; what was shut stays shut. */
final class GateBook {
  /** One gate: what was decided for it, and what was done to it. Times are its machine's. */
  private static final class Book {
    Epoch reign = Epoch.NONE;
    long decidedUntil;

    /** Until then a frame that passed may still wait below the gate. */
    long emptyFrom = Long.MIN_VALUE;
  }

  private final World world;
  private final int workloads;
  private final Book[] books;
  private final Epoch[] highestBegun;
  private final Epoch[] highestOpened;

  GateBook(World world) {
    this.world = world;
    workloads = world.setup().groups().size();
    books = new Book[world.setup().nodes().size() * workloads];
    Arrays.setAll(books, _ -> new Book());
    highestBegun = new Epoch[workloads];
    highestOpened = new Epoch[workloads];
    Arrays.fill(highestBegun, Epoch.NONE);
    Arrays.fill(highestOpened, Epoch.NONE);
  }

  private Book book(VirtualNode node, int workload) {
    return books[node.index() * workloads + workload];
  }

  /** True when a reign begins with it. */
  boolean decidedToOpen(VirtualNode node, int workload, Epoch epoch, long until, long now) {
    Book book = book(node, workload);
    boolean begins = book.reign.equals(Epoch.NONE);
    if (!epoch.node().equals(node.name())) {
      world.violated("epoch", node + " opens in the epoch " + epoch + " of another node");
    }
    if (begins && !epoch.above(highestBegun[workload])) {
      world.violated(
          "epoch-unique",
          node + " begins a reign in " + epoch + " after " + highestBegun[workload]);
    }
    if (!begins && book.reign.above(epoch)) {
      world.violated("epoch-rises", node + " goes from " + book.reign + " to " + epoch);
    }
    boolean leased = world.setup().groups().get(workload).quorum() == Quorum.MAJORITY;
    if (leased && !begins && book.decidedUntil <= now) {
      world.violated(
          "reopened",
          node + " goes on in " + epoch + ", " + (now - book.decidedUntil) + " ns after its lapse");
    }
    book.reign = epoch;
    book.decidedUntil = until;
    if (epoch.above(highestBegun[workload])) {
      highestBegun[workload] = epoch;
    }
    return begins;
  }

  void decidedToNarrow(VirtualNode node, int workload, long until) {
    book(node, workload).decidedUntil = until;
  }

  void decidedToShut(VirtualNode node, int workload) {
    book(node, workload).reign = Epoch.NONE;
  }

  void agentEnded(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      decidedToShut(node, workload);
    }
  }

  void powerLost(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      book(node, workload).emptyFrom = Long.MIN_VALUE;
    }
  }

  void shut(VirtualNode node, int workload) {
    Book book = book(node, workload);
    // Its holder answers for it from now on: what it says is shut is taken to be empty as well.
    book.emptyFrom = Long.MIN_VALUE;
  }

  void moved(VirtualNode node, int workload, Epoch epoch, boolean open, long until) {
    book(node, workload).emptyFrom = until + world.setup().timing().gateMarginNanos();
    if (!open) {
      return;
    }
    for (VirtualNode other : world.nodes()) {
      if (other == node || !other.isPowered()) {
        continue;
      }
      if (other.gateOpen(workload)) {
        world.violated("two-outputs", both(node, epoch, other, workload) + " are open");
      } else if (other.local() < book(other, workload).emptyFrom) {
        world.violated(
            "two-outputs",
            both(node, epoch, other, workload) + ": frames of the latter wait below its gate");
      }
    }
    if (highestOpened[workload].above(epoch)) {
      world.violated(
          "epoch-regresses",
          node + " opens in " + epoch + " after " + highestOpened[workload] + " was open");
    }
    highestOpened[workload] = epoch;
  }

  private String both(VirtualNode node, Epoch epoch, VirtualNode other, int workload) {
    String name = world.setup().groups().get(workload).workload();
    return "gates of " + name + " on " + node + " in " + epoch + " and on " + other;
  }
}
