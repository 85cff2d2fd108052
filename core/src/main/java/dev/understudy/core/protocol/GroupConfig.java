// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/**
 * One workload's group, the same on every member.
 *
 * @param workload unique name
 * @param members all nodes of the group, best candidate first
 * @param runners those members that may run the workload, in the same order
 * @param quorum who must agree
 * @param mirrored whether the active is to keep a held copy on a standby
 * @param checkpointIntervalNanos from one checkpoint's start to the next one's
 * @param withoutQuorum what an active does that loses its lease because it hears nobody any more
 * @param voters those members that vote until a {@link Membership} says otherwise
 */
public record GroupConfig(
    String workload,
    List<String> members,
    List<String> runners,
    Quorum quorum,
    boolean mirrored,
    long checkpointIntervalNanos,
    WithoutQuorum withoutQuorum,
    List<String> voters) {

  /** Who must agree to a reign and to an election. */
  public enum Quorum {
    /** A majority for both; the only rule that is safe and survives the loss of a node. */
    MAJORITY,
    /**
     * Two nodes: the active goes on alone, a new one needs both (a release or a live voter), or the
     * word that the other is fenced.
     */
    PAIR_CONSISTENCY,
    /**
     * Two nodes: each decides alone about one that it does not hear; two actives are possible while
     * they do not hear each other.
     */
    PAIR_AVAILABILITY
  }

  /** What an active does whose voters are all silent. */
  public enum WithoutQuorum {
    /** It shuts its gate and freezes its program, like any that loses its lease. */
    FREEZE,
    /**
     * It goes on without a lease until it hears a higher epoch: two actives are possible while it
     * is cut off from the others.
     */
    CONTINUE
  }

  public GroupConfig {
    boolean known = members.containsAll(runners) && members.containsAll(voters);
    if (voters.isEmpty() || !known || checkpointIntervalNanos <= 0) {
      throw new IllegalArgumentException(
          "group " + workload + ": members " + members + ", runners " + runners);
    }
    if (quorum == Quorum.MAJORITY
        ? withoutQuorum == WithoutQuorum.CONTINUE && members.size() < 3
        : withoutQuorum == WithoutQuorum.CONTINUE || members.size() != 2) {
      throw new IllegalArgumentException(
          "group " + workload + " of " + members + ": " + quorum + " and " + withoutQuorum);
    }
    members = List.copyOf(members);
    runners = List.copyOf(runners);
    voters = List.copyOf(voters);
  }

  /** A group all of whose members vote. */
  public GroupConfig(
      String workload,
      List<String> members,
      List<String> runners,
      Quorum quorum,
      boolean mirrored,
      long checkpointIntervalNanos,
      WithoutQuorum withoutQuorum) {
    this(
        workload,
        members,
        runners,
        quorum,
        mirrored,
        checkpointIntervalNanos,
        withoutQuorum,
        members);
  }

  /** A group that freezes without a quorum. */
  public GroupConfig(
      String workload,
      List<String> members,
      List<String> runners,
      Quorum quorum,
      boolean mirrored,
      long checkpointIntervalNanos) {
    this(
        workload,
        members,
        runners,
        quorum,
        mirrored,
        checkpointIntervalNanos,
        WithoutQuorum.FREEZE);
  }

  List<String> others(String self) {
    return members.stream().filter(m -> !m.equals(self)).toList();
  }

  /** Whether nodes that do not hear each other may both be active: the user has chosen that. */
  boolean mayHaveTwoActives() {
    return quorum == Quorum.PAIR_AVAILABILITY || withoutQuorum == WithoutQuorum.CONTINUE;
  }
}
