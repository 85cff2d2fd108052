// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Arrays;

/**
 * Until when each machine and each link is troubled beyond what the protocol's times are made for;
 * so that it can be told whether an active lost its reign without need.
 */
final class Trouble {
  private final int ends;
  private final long[] nodes;
  private final long[] links;
  private final long[] disks;

  Trouble(World world) {
    ends = world.setup().nodes().size() + 1;
    nodes = new long[ends];
    links = new long[ends * ends];
    Arrays.fill(nodes, Long.MIN_VALUE);
    Arrays.fill(links, Long.MIN_VALUE);
    disks = new long[ends];
    Arrays.fill(disks, Long.MIN_VALUE);
  }

  void node(int node, long until) {
    nodes[node] = Math.max(nodes[node], until);
  }

  void link(int from, int to, long until) {
    links[from * ends + to] = Math.max(links[from * ends + to], until);
  }

  /**
   * A disk is no part of a failover, but without it a reign cannot take a restarted voter along.
   */
  void disk(int node, long until) {
    disks[node] = Math.max(disks[node], until);
  }

  boolean diskWell(int node, long since) {
    return disks[node] < since;
  }

  boolean nodeWell(int node, long since) {
    return nodes[node] < since;
  }

  boolean linkWell(int one, int other, long since) {
    return links[one * ends + other] < since && links[other * ends + one] < since;
  }
}
