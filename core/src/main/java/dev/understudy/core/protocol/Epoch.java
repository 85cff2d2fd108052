// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * The fencing token of one reign over a workload: unique, because a node uses a counter once, and
 * increasing, because a voter grants only above what it has granted.
 *
 * @param counter zero stands for "no epoch yet"
 * @param node the name of the node whose reign it is; empty together with counter zero
 */
public record Epoch(long counter, String node) implements Comparable<Epoch> {
  /** Before the first election. */
  public static final Epoch NONE = new Epoch(0, "");

  public Epoch {
    if (counter < 0 || (counter == 0) != node.isEmpty()) {
      throw new IllegalArgumentException("no epoch has counter " + counter + " and node " + node);
    }
  }

  @Override
  public int compareTo(Epoch other) {
    if (this == other) {
      return 0;
    }
    int byCounter = Long.compare(counter, other.counter);
    return byCounter != 0 ? byCounter : node.compareTo(other.node);
  }

  /** Whether this epoch is newer than another. */
  public boolean above(Epoch other) {
    return compareTo(other) > 0;
  }

  @Override
  public String toString() {
    return counter == 0 ? "none" : counter + "@" + node;
  }
}
