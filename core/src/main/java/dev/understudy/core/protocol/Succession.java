// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;

/** Whether, and from when on, this node may ask to be elected: its turn among those who could. */
final class Succession {
  /** A start without state waits so long for somebody who has some, or two windows if longer. */
  private static final long COLD_WAIT_LEAST_NANOS = 500_000_000L;

  /**
   * And so long for somebody who has some, is heard, and still is not elected: by then it cannot
   * be, for example because frames get lost in one direction only.
   */
  private static final long STATE_WAIT_NANOS = 10_000_000_000L;

  private static final long NEVER = Long.MAX_VALUE;

  private final GroupConfig config;
  private final String self;
  private final Timing timing;
  private final Copies copies;
  private final ActiveView active;
  private final Electorate electorate;

  Succession(
      GroupConfig config,
      String self,
      Timing timing,
      Copies copies,
      ActiveView active,
      Electorate electorate) {
    this.config = config;
    this.self = self;
    this.timing = timing;
    this.copies = copies;
    this.active = active;
    this.electorate = electorate;
  }

  /** {@link #mayAskAt} is not before it; quickly known. */
  long mayAskAtLeast() {
    return active.successionFrom(timing.windowNanos());
  }

  /** When this node may ask, as far as it knows now; never when it may not run the workload. */
  long mayAskAt(long backoffUntil, Turn turn) {
    if (!config.runners().contains(self)) {
      return NEVER;
    }
    long from = turnOf(rank(turn), turn) + stateWait(turn);
    return Math.max(Math.max(from, backoffUntil), trustedFrom(turn));
  }

  /** When the standby of that rank may ask, if nothing else stands against it. */
  long turnOf(long rank, Turn turn) {
    return from(turn) + rank * timing.staggerNanos();
  }

  /**
   * When succession begins: the silence of the active, or its word; and nobody waits for others
   * while too few are there to elect.
   */
  private long from(Turn turn) {
    return Math.max(active.successionFrom(timing.windowNanos()), electorate.presentSince(turn));
  }

  /** How much longer this node waits for somebody with newer state. */
  long stateWait(Turn turn) {
    if (config.mirrored() && copies.own().equals(GenerationId.NONE)) {
      return stateLives(self, turn) ? STATE_WAIT_NANOS : coldWaitNanos();
    }
    // The preference for newer state waits a bounded time; then the best that is left goes.
    return betterOfferLives(turn) ? 3 * timing.leaseNanos() : 0;
  }

  /** How many others, heard lately, come before this node. */
  long rank(Turn turn) {
    long before = 0;
    for (String node : config.runners()) {
      boolean rival = !node.equals(self) && !node.equals(active.node());
      if (rival && turn.peers().heardSince(node, lately(turn)) && comesBefore(node)) {
        before++;
      }
    }
    return before;
  }

  /** Whether that node offers newer state, or the same and stands earlier in the group. */
  boolean comesBefore(String other) {
    int byOffer = copies.of(other).compareTo(copies.own());
    return byOffer > 0
        || (byOffer == 0 && config.members().indexOf(other) < config.members().indexOf(self));
  }

  /** The same of two others, by what they said last. */
  boolean comesBefore(String one, String other) {
    int byOffer = copies.of(one).compareTo(copies.of(other));
    return byOffer > 0
        || (byOffer == 0 && config.members().indexOf(one) < config.members().indexOf(other));
  }

  private boolean betterOfferLives(Turn turn) {
    for (String node : config.runners()) {
      boolean heard = !node.equals(self) && turn.peers().heardSince(node, lately(turn));
      if (heard && copies.of(node).newerThan(copies.own())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether that candidate would start without state although somebody here or heard of late has
   * some. Its voters ask too, because they may know of state that the candidate does not.
   */
  boolean forgets(String candidate, Turn turn) {
    long patience = from(turn) + STATE_WAIT_NANOS;
    return config.mirrored()
        && copies.of(candidate).equals(GenerationId.NONE)
        && turn.now() < patience
        && (!copies.own().equals(GenerationId.NONE) || stateLives(candidate, turn));
  }

  /** Of two that only follow, one speaks once in a window: a shorter silence would mean nothing. */
  private long coldWaitNanos() {
    return Math.max(COLD_WAIT_LEAST_NANOS, 2 * timing.windowNanos());
  }

  /** Whether another one than that has state; a short silence does not make it dead. */
  private boolean stateLives(String except, Turn turn) {
    long lately = turn.now() - coldWaitNanos();
    for (String node : config.runners()) {
      boolean other = !node.equals(self) && !node.equals(except);
      if (other
          && !copies.of(node).equals(GenerationId.NONE)
          && turn.peers().heardSince(node, lately)) {
        return true;
      }
    }
    return false;
  }

  /** A node that was late itself needs enough others and a full window on time to accuse again. */
  long trustedFrom(Turn turn) {
    if (turn.lateAt() == Long.MIN_VALUE) {
      return Long.MIN_VALUE;
    }
    boolean heard = electorate.heardSince(turn.lateAt(), turn);
    return heard ? turn.lateAt() + timing.windowNanos() : NEVER;
  }

  private long lately(Turn turn) {
    return turn.now() - 2 * timing.windowNanos();
  }
}
