// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/**
 * One workload's group, the same on every member.
 *
 * @param workload unique name
 * @param members all voters, best candidate first
 * @param runners those members that may run the workload, in the same order
 * @param quorum who must agree
 * @param mirrored whether the active is to keep a held copy on a standby
 * @param checkpointIntervalNanos from one checkpoint's start to the next one's
 */
public record GroupConfig(
    String workload,
    List<String> members,
    List<String> runners,
    Quorum quorum,
    boolean mirrored,
    long checkpointIntervalNanos) {

  /** How many voters a reign and an election need. */
  public enum Quorum {
    /** A majority for both; the only rule that is safe and survives the loss of a node. */
    MAJORITY,
    /** Two nodes: the active goes on alone, a new one needs both (a release or a live voter). */
    PAIR_CONSISTENCY,
    /**
     * Two nodes: each decides alone; two actives are possible while they do not hear each other.
     */
    PAIR_AVAILABILITY
  }

  public GroupConfig {
    if (members.isEmpty() || !members.containsAll(runners) || checkpointIntervalNanos <= 0) {
      throw new IllegalArgumentException(
          "group " + workload + ": members " + members + ", runners " + runners);
    }
    members = List.copyOf(members);
    runners = List.copyOf(runners);
  }

  List<String> others(String self) {
    return members.stream().filter(m -> !m.equals(self)).toList();
  }

  int leaseVotes() {
    return quorum == Quorum.MAJORITY ? majority() : 1;
  }

  int electionVotes() {
    return quorum == Quorum.PAIR_AVAILABILITY ? 1 : majority();
  }

  private int majority() {
    return members.size() / 2 + 1;
  }
}
