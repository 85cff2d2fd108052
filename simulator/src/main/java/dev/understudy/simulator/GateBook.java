// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.timing.Timing;
import java.util.Arrays;

/** Never two outputs of one workload; epochs unique and only rising; what was shut stays shut. */
final class GateBook {
  /** One gate: what was decided for it, and what was done to it. Times are its machine's. */
  private static final class Book {
    Epoch reign = Epoch.NONE;
    long decidedUntil;

    /** Until then a frame that passed may still wait below the gate. */
    long emptyFrom = Long.MIN_VALUE;

    boolean reigns;

    /** Goes on without a lease, as its user wants it, because it heard nobody when it lapsed. */
    boolean alone;

    /** The gate was last opened like that; it stays open when the agent ends. */
    boolean openedAlone;

    long openedUntil = Long.MIN_VALUE;

    /** The highest epoch that this node ever began a reign in, or opened in. */
    Epoch begun = Epoch.NONE;

    Epoch opened = Epoch.NONE;
  }

  private final World world;
  private final int workloads;
  private final HeardBook heard;
  private final LatenessBook lateness;
  private final Book[] books;
  private final Epoch[] highestBegun;
  private final Epoch[] highestOpened;

  GateBook(World world, HeardBook heard, LatenessBook lateness) {
    this.world = world;
    this.heard = heard;
    this.lateness = lateness;
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

  private GroupConfig group(int workload) {
    return world.setup().groups().get(workload);
  }

  /**
   * Before a step of that time on the node's clock: an active whose lease is over by then may go on
   * alone if its user wants it, nobody was heard for a window, and it was not late itself.
   */
  void before(VirtualNode node, long now) {
    for (int workload = 0; workload < workloads; workload++) {
      Book book = book(node, workload);
      boolean lapses = book.reigns && book.decidedUntil <= now;
      if (!lapses || book.alone) {
        continue;
      }
      GroupConfig group = group(workload);
      if (group.withoutQuorum() == WithoutQuorum.CONTINUE) {
        long window = less(world.setup().timing().windowNanos());
        book.alone = heard.hearsNobody(node, group, window) && !lateness.isLate(node, now);
        // Whose step comes late has lapsed, even if that step is the first late one.
        long late = now - book.decidedUntil;
        book.alone &= late <= world.setup().timing().lateThresholdNanos();
      }
    }
  }

  /** Whether a reign is not over by its deadline. */
  boolean inForce(VirtualNode node, int workload) {
    Book book = book(node, workload);
    boolean leaseless = book.alone || group(workload).quorum() == Quorum.PAIR_CONSISTENCY;
    return !book.reign.equals(Epoch.NONE) && (leaseless || book.decidedUntil > node.local());
  }

  boolean isAlone(VirtualNode node, int workload) {
    return book(node, workload).alone;
  }

  /** It has a lease of a majority again. */
  void accompanied(VirtualNode node, int workload) {
    book(node, workload).alone = false;
  }

  private boolean unheard(VirtualNode by, VirtualNode other) {
    long promise = world.setup().timing().promiseNanos();
    return heard.silence(by, other.index()) >= less(promise);
  }

  /** The node measures by its own clock, which may be fast. */
  private long less(long nanos) {
    Timing timing = world.setup().timing();
    return nanos - nanos * timing.driftPpm() / 1_000_000 - 1;
  }

  /** A restarted agent goes on with this. */
  void resumed(VirtualNode node, int workload, ParkedReign reign) {
    Book book = book(node, workload);
    book.reign = reign.epoch();
    book.reigns = true;
    book.decidedUntil = reign.gateUntilNanos();
  }

  /** What a node tells others of its reign is so: it may be raised before its gate moves again. */
  void announced(VirtualNode node, Announcement news, Epoch raised) {
    Epoch reign = book(node, world.workload(news.workload())).reign;
    boolean reigns = !reign.equals(Epoch.NONE) && news.active().equals(node.name());
    if (!reigns || reign.above(news.epoch()) || news.epoch().above(raised)) {
      world.violated("announced", node + " says " + news + ", reigns in " + reign);
    }
  }

  /** True when a reign begins with it. */
  boolean decidedToOpen(VirtualNode node, int workload, Epoch epoch, long until, long now) {
    Book book = book(node, workload);
    boolean begins = book.reign.equals(Epoch.NONE);
    if (!epoch.node().equals(node.name())) {
      world.violated("epoch", node + " opens in the epoch " + epoch + " of another node");
    }
    // Who may be active beside another one knows of its own epochs only.
    Epoch before = YieldBook.twoMayBeActive(group(workload)) ? book.begun : highestBegun[workload];
    if (begins && !epoch.above(before)) {
      world.violated("epoch-unique", node + " begins a reign in " + epoch + " after " + before);
    }
    book.begun = epoch.above(book.begun) ? epoch : book.begun;
    if (!begins && book.reign.above(epoch)) {
      world.violated("epoch-rises", node + " goes from " + book.reign + " to " + epoch);
    }
    boolean leased = group(workload).quorum() == Quorum.MAJORITY && !book.alone;
    if (leased && !begins && book.decidedUntil <= now) {
      world.violated(
          "reopened",
          node + " goes on in " + epoch + ", " + (now - book.decidedUntil) + " ns after its lapse");
    }
    book.reign = epoch;
    book.reigns = true;
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
    Book book = book(node, workload);
    book.reign = Epoch.NONE;
    book.reigns = false;
    book.alone = false;
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

  /**
   * Done to a gate.
   *
   * @param wasOpen whether it stood open before
   * @param open whether it stands open now
   */
  void moved(
      VirtualNode node, int workload, Epoch epoch, boolean wasOpen, boolean open, long until) {
    Book book = book(node, workload);
    book.emptyFrom = until + world.setup().timing().gateMarginNanos();
    if (!open) {
      return;
    }
    // What is only moved back stands open for the reason that it was opened for.
    book.openedAlone = book.alone || (book.openedAlone && until <= book.openedUntil);
    book.openedUntil = until;
    boolean two = YieldBook.twoMayBeActive(group(workload));
    for (VirtualNode other : world.nodes()) {
      if (other == node || !other.isPowered()) {
        continue;
      }
      if (two) {
        if (!wasOpen && other.gateOpen(workload)) {
          besides(node, epoch, other, workload);
        }
      } else if (other.gateOpen(workload)) {
        world.violated("two-outputs", both(node, epoch, other, workload) + " are open");
      } else if (other.local() < book(other, workload).emptyFrom) {
        world.violated(
            "two-outputs",
            both(node, epoch, other, workload) + ": frames of the latter wait below its gate");
      }
    }
    Epoch before = two ? book.opened : highestOpened[workload];
    if (before.above(epoch)) {
      world.violated(
          "epoch-regresses", node + " opens in " + epoch + " after " + before + " was open");
    }
    highestOpened[workload] = epoch;
    book.opened = epoch;
  }

  /**
   * Where users have chosen it, two may be active: of a pair, while either does not hear the other.
   * The one that is not heard may have opened on what it decided before it stood still.
   */
  private void besides(VirtualNode node, Epoch epoch, VirtualNode other, int workload) {
    boolean may =
        group(workload).quorum() == Quorum.PAIR_AVAILABILITY
            ? unheard(node, other) || unheard(other, node)
            : book(node, workload).openedAlone || book(other, workload).openedAlone;
    if (!may) {
      world.violated(
          "two-outputs",
          both(node, epoch, other, workload) + " are open, though neither has to be alone");
    }
  }

  private String both(VirtualNode node, Epoch epoch, VirtualNode other, int workload) {
    String name = group(workload).workload();
    return "gates of " + name + " on " + node + " in " + epoch + " and on " + other;
  }
}
