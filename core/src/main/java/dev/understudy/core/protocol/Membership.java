// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/**
 * Who votes in one group: one version of it. While {@link #former} is not empty, the change from
 * there is pending, and every election and every lease needs majorities of both.
 *
 * @param epoch of the reign in which its holder made this version
 * @param number counts within that reign, from 1
 * @param members who votes
 * @param former who voted before; empty when the change is complete
 */
public record Membership(Epoch epoch, long number, List<Member> members, List<Member> former) {
  /** Most members, so that a datagram stays bounded. */
  public static final int MEMBERS_MOST = 9;

  /** Nothing was ever changed: the voters are those of the cluster file. */
  public static final Membership NONE = new Membership(Epoch.NONE, 0, List.of(), List.of());

  /**
   * One voter.
   *
   * @param node its name
   * @param since the oldest start of its agent that votes: one that has lost its disk is not the
   *     node that it was; 0 for every start
   */
  public record Member(String node, long since) {
    @Override
    public String toString() {
      return since == 0 ? node : node + "#" + since;
    }
  }

  public Membership {
    boolean none = epoch.equals(Epoch.NONE);
    boolean sized =
        none == members.isEmpty()
            && (!none || former.isEmpty())
            && Math.max(members.size(), former.size()) <= MEMBERS_MOST;
    if (!sized || none != (number == 0) || number < 0) {
      throw new IllegalArgumentException(
          "no version " + epoch + "/" + number + " of " + members + " after " + former);
    }
    members = List.copyOf(members);
    former = List.copyOf(former);
  }

  /** Whether this is a later version than that one. */
  public boolean newerThan(Membership other) {
    int byEpoch = epoch.compareTo(other.epoch);
    return byEpoch > 0 || (byEpoch == 0 && number > other.number);
  }

  boolean pending() {
    return !former.isEmpty();
  }

  /**
   * Whether that node votes: in both sets, while there are two.
   *
   * @param lostAt which start of its agent found no disk: who votes was named since; 0 for none
   */
  boolean counts(String node, long lostAt) {
    return in(members, node, lostAt) && (former.isEmpty() || in(former, node, lostAt));
  }

  private static boolean in(List<Member> set, String node, long lostAt) {
    return set.stream().anyMatch(m -> m.node.equals(node) && m.since >= lostAt);
  }

  @Override
  public String toString() {
    String version = epoch + "/" + number + " " + members;
    return former.isEmpty() ? version : version + " after " + former;
  }
}
