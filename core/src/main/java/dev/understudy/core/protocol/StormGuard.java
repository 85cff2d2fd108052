// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * How many workloads this node takes over at once: when many lose their node in one moment, what
 * wakes together is slow together. It keeps nothing of its own, so no place can leak: who has a
 * place, and who waits, follows from where the groups stand.
 */
final class StormGuard {
  private final List<Group> groups = new ArrayList<>();
  private final int most;

  StormGuard(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("with " + most + " takeovers at once nobody takes over");
    }
    this.most = most;
  }

  /** Counts that group as well; in the order of their names. */
  void watch(Group group) {
    groups.add(group);
  }

  int most() {
    return most;
  }

  /** How many takeovers this node has under way. */
  int underWay(long now) {
    int underWay = 0;
    for (Group group : groups) {
      underWay += group.takesOver(now) ? 1 : 0;
    }
    return underWay;
  }

  /**
   * Whether a workload that would be elected since that time has to wait: as long as all places are
   * taken, or as many as are free go to those who ask for longer, or as long under a lower name.
   */
  boolean holdsBack(String workload, long since, Turn turn) {
    int taken = underWay(turn.now());
    if (taken >= most) {
      return true;
    }
    for (Group group : groups) {
      taken += group.goesBefore(workload, since, turn) ? 1 : 0;
    }
    return taken >= most;
  }
}
