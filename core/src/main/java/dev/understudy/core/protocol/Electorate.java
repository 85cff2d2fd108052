// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Whose word is enough in one group: for an election, for a lease, for an accusation. */
final class Electorate {
  private final GroupConfig config;
  private final String self;
  private final Timing timing;
  private final NavigableSet<String> fenced = new TreeSet<>();
  private List<String> voters;
  private List<String> former = List.of();
  private Times countedOf = new Times();
  private long countedAt = -1;
  private long counted;
  private boolean alone;

  Electorate(GroupConfig config, String self, Timing timing) {
    this.config = config;
    this.self = self;
    this.timing = timing;
    this.voters = config.voters();
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

  /** Whether enough voters are among these. */
  boolean majority(Collection<String> nodes) {
    return enough(nodes::contains);
  }

  /** Whether that holds for more than half of the voters; of both sets, during a change. */
  boolean enough(Predicate<String> holds) {
    return majority(voters, holds) && (former.isEmpty() || majority(former, holds));
  }

  private static boolean majority(List<String> members, Predicate<String> holds) {
    int among = 0;
    for (String member : members) {
      among += holds.test(member) ? 1 : 0;
    }
    return among > members.size() / 2;
  }

  /** Elections and leases go by that version from now on. */
  void follow(Membership version) {
    voters = version.equals(Membership.NONE) ? config.voters() : names(version.members());
    former = names(version.former());
    countedAt = -1;
  }

  private static List<String> names(List<Membership.Member> members) {
    return members.stream().map(Membership.Member::node).toList();
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
    long end = latest(voters, ends);
    return former.isEmpty() ? end : Math.min(end, latest(former, ends));
  }

  /** The time that more than half of these support. */
  private static long latest(List<String> members, Times ends) {
    long[] sorted = new long[members.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = ends.of(members.get(i));
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
    return enough(n -> certain(n) || turn.peers().heardSince(n, since));
  }

  private boolean certain(String node) {
    return node.equals(self) || fenced.contains(node);
  }

  /**
   * Since when enough members are there to elect: each since it was heard first, or again after a
   * long silence. {@link Long#MIN_VALUE} when there are too few.
   */
  long presentSince(Turn turn) {
    if (config.quorum() == GroupConfig.Quorum.PAIR_AVAILABILITY) {
      return Long.MIN_VALUE;
    }
    long enough = since(voters, turn);
    long both = former.isEmpty() ? enough : Math.max(enough, since(former, turn));
    return both == Long.MAX_VALUE ? Long.MIN_VALUE : both;
  }

  private long since(List<String> members, Turn turn) {
    long[] since = new long[members.size()];
    for (int i = 0; i < since.length; i++) {
      String member = members.get(i);
      since[i] = certain(member) ? Long.MIN_VALUE : turn.peers().presentSince(member, turn.now());
    }
    Arrays.sort(since);
    return since[since.length / 2];
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
