// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.Arrays;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Whose word is enough in one group: for an election, for a lease, for an accusation. */
final class Electorate {
  private final GroupConfig config;
  private final String self;
  private final Timing timing;
  private final NavigableSet<String> fenced = new TreeSet<>();
  private final long[] sorted;
  private Times countedOf = new Times();
  private long countedAt = -1;
  private long counted;
  private boolean alone;

  Electorate(GroupConfig config, String self, Timing timing) {
    this.config = config;
    this.self = self;
    this.timing = timing;
    this.sorted = new long[config.members().size()];
  }

  /** Whether these say that they would vote for this node, and are enough to ask for votes. */
  boolean wouldElect(Collection<String> voters, Turn turn) {
    return suffices(voters, timing.windowNanos(), turn);
  }

  /**
   * Whether these votes elect. Of two nodes both are needed, or there is a word for the other, or
   * its silence has outlasted whatever lease it gave itself.
   */
  boolean elects(Collection<String> voters, Turn turn) {
    return suffices(voters, timing.promiseNanos(), turn);
  }

  private boolean suffices(Collection<String> voters, long silenceNanos, Turn turn) {
    return switch (config.quorum()) {
      case MAJORITY -> majority(voters);
      case PAIR_CONSISTENCY -> {
        NavigableSet<String> all = new TreeSet<>(voters);
        all.addAll(fenced);
        yield majority(all);
      }
      case PAIR_AVAILABILITY -> {
        NavigableSet<String> all = new TreeSet<>(voters);
        config.others(self).stream().filter(n -> silent(n, silenceNanos, turn)).forEach(all::add);
        yield majority(all);
      }
    };
  }

  /** Whether more than half of the members are among these. */
  boolean majority(Collection<String> nodes) {
    int among = 0;
    for (String member : config.members()) {
      among += nodes.contains(member) ? 1 : 0;
    }
    return among > config.members().size() / 2;
  }

  /**
   * The latest time that enough voters support, each by the end of the lease that follows from its
   * echo; {@link Long#MIN_VALUE} without them. An active without a lease goes by its own vote.
   */
  long leaseEnd(Times ends) {
    if (alone || config.quorum() != GroupConfig.Quorum.MAJORITY) {
      return ends.of(self);
    }
    return majorityEnd(ends);
  }

  /** The same for a lease of seconds: of two nodes that decide alone, one that is heard agrees. */
  long maintenanceEnd(Times ends, Turn turn) {
    boolean free = config.quorum() == GroupConfig.Quorum.PAIR_AVAILABILITY && !hearsNobody(turn);
    return free ? majorityEnd(ends) : leaseEnd(ends);
  }

  /** The latest time that a majority supports. */
  long majorityEnd(Times ends) {
    // Asked in every step for every group that this node leads, and seldom another question.
    if (ends != countedOf || ends.changes() != countedAt) {
      countedOf = ends;
      countedAt = ends.changes();
      counted = count(ends);
    }
    return counted;
  }

  private long count(Times ends) {
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = ends.of(config.members().get(i));
    }
    Arrays.sort(sorted);
    return sorted[sorted.length - (sorted.length / 2 + 1)];
  }

  /**
   * Whether a reign outlasts a late renewal of its gate, because nobody can be elected without this
   * node's vote, or because it was told to go on alone.
   */
  boolean leaseless() {
    return alone || config.quorum() == GroupConfig.Quorum.PAIR_CONSISTENCY;
  }

  /** Whether enough members were heard since then for this node to trust its own ears again. */
  boolean heardSince(long since, Turn turn) {
    if (config.quorum() == GroupConfig.Quorum.PAIR_AVAILABILITY) {
      return true;
    }
    int heard = 0;
    for (String member : config.members()) {
      boolean counts =
          member.equals(self) || fenced.contains(member) || turn.peers().heardSince(member, since);
      heard += counts ? 1 : 0;
    }
    return heard > config.members().size() / 2;
  }

  /**
   * Since when enough members are there to elect: each since it was heard first, or again after a
   * long silence. {@link Long#MIN_VALUE} when they were always, or never.
   */
  long presentSince(Turn turn) {
    if (config.quorum() == GroupConfig.Quorum.PAIR_AVAILABILITY) {
      return Long.MIN_VALUE;
    }
    long[] since = new long[config.members().size()];
    for (int i = 0; i < since.length; i++) {
      String member = config.members().get(i);
      boolean certain = member.equals(self) || fenced.contains(member);
      since[i] = certain ? Long.MIN_VALUE : turn.peers().presentSince(member);
    }
    Arrays.sort(since);
    long enough = since[since.length / 2];
    return enough == Long.MAX_VALUE ? Long.MIN_VALUE : enough;
  }

  /** Whether no other member was heard for a whole window. */
  boolean hearsNobody(Turn turn) {
    for (String member : config.members()) {
      if (!member.equals(self) && !silent(member, timing.windowNanos(), turn)) {
        return false;
      }
    }
    return true;
  }

  private static boolean silent(String node, long nanos, Turn turn) {
    return !turn.peers().heardSince(node, turn.now() - nanos);
  }

  boolean isAlone() {
    return alone;
  }

  void setAlone(boolean withoutLease) {
    alone = withoutLease;
  }

  NavigableSet<String> fenced() {
    return fenced;
  }

  void fence(String node) {
    fenced.add(node);
  }

  /** A node that is heard is not fenced any more; true when that is news. */
  boolean unfence(String node) {
    return fenced.remove(node);
  }
}
