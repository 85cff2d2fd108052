// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Row;
import java.util.Arrays;

/**
 * Who hears of a higher reign ends its own in the same step; and what an active had that yields
 * where two may be active is kept aside, not thrown away.
 */
final class YieldBook {
  private static final class Book {
    /** The epoch that its beats carry; none when it does not reign. */
    Epoch reign = Epoch.NONE;

    /** The higher one that it has just heard. */
    Epoch rival = Epoch.NONE;

    /** A frozen process of a reign that another one has outdone. */
    boolean mustKeep;

    boolean shuts;

    /** Whether this step may have to end the reign. */
    boolean hasRival;
  }

  private final World world;
  private final int workloads;
  private final Book[] books;

  YieldBook(World world) {
    this.world = world;
    workloads = world.setup().groups().size();
    books = new Book[world.setup().nodes().size() * workloads];
    Arrays.setAll(books, _ -> new Book());
  }

  private Book book(VirtualNode node, int workload) {
    return books[node.index() * workloads + workload];
  }

  void agentStarted(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      books[node.index() * workloads + workload] = new Book();
    }
  }

  void resumed(VirtualNode node, int workload, Epoch epoch) {
    book(node, workload).reign = epoch;
  }

  /** The highest epoch of its reign, as its beats carry it. */
  Epoch reign(VirtualNode node, int workload) {
    return book(node, workload).reign;
  }

  void sent(VirtualNode node, int workload, Row row) {
    if (row.stand() == Row.Stand.ACTIVE) {
      Book book = book(node, workload);
      book.reign = row.epoch().above(book.reign) ? row.epoch() : book.reign;
    }
  }

  /** A row of a datagram that is newer than what came before from its sender. */
  void delivered(VirtualNode node, int workload, Row row, GateBook gates) {
    // What has lapsed by now ends for that reason, and was not active beside the other one.
    if (row.stand() == Row.Stand.ACTIVE && gates.inForce(node, workload)) {
      Book book = book(node, workload);
      if (row.epoch().above(book.reign)) {
        book.rival = row.epoch();
        book.hasRival = true;
      }
    }
  }

  void commanded(VirtualNode node, int workload, Command command) {
    Book book = book(node, workload);
    switch (command) {
      case Command.OpenGate(_, var epoch, _) ->
          book.reign = epoch.above(book.reign) ? epoch : book.reign;
      case Command.ShutGate _ -> {
        book.reign = Epoch.NONE;
        book.shuts = true;
      }
      case Command.Freeze _ -> book.mustKeep = book.hasRival && twoMayBeActive(group(workload));
      case Command.KeepAside _, Command.Wake _, Command.Start _ -> book.mustKeep = false;
      case Command.Discard _ -> {
        // In the step that ends the reign there may be nothing to keep: no process.
        if (book.mustKeep) {
          world.violated("kept-aside", node + " throws away what it had beside another active");
        }
      }
      default -> {}
    }
  }

  /** A step is over. */
  void decided(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      Book book = book(node, workload);
      if (book.hasRival && !book.shuts && !book.reign.equals(Epoch.NONE)) {
        world.violated(
            "yields", node + " goes on in " + book.reign + " although it heard " + book.rival);
      }
      book.hasRival = false;
      book.shuts = false;
    }
  }

  /** The program has ended by itself: there is nothing to keep. */
  void programEnded(VirtualNode node, int workload) {
    book(node, workload).mustKeep = false;
  }

  private GroupConfig group(int workload) {
    return world.setup().groups().get(workload);
  }

  static boolean twoMayBeActive(GroupConfig group) {
    return group.quorum() == GroupConfig.Quorum.PAIR_AVAILABILITY
        || group.withoutQuorum() == GroupConfig.WithoutQuorum.CONTINUE;
  }
}
