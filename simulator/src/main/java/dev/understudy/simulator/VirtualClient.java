// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Arrays;

/**
 * The outside client: for each workload it knows one machine, from the last gratuitous ARP that it
 * got, or from its own question when that machine does not answer for a while.
 */
final class VirtualClient {
  /**
   * How often it looks whether it still gets answers; its neighbour entry is then asked for anew.
   */
  static final long ASKS_EVERY_NANOS = 1_000_000_000L;

  private static final long[] REPEATS = {0, 20_000_000L, 100_000_000L, 1_000_000_000L};
  private static final int NOBODY = -1;

  private final World world;
  private final int end;
  private final int[] known;
  private final long[] learnedAt;

  VirtualClient(World world, int end, int workloads) {
    this.world = world;
    this.end = end;
    known = new int[workloads];
    Arrays.fill(known, NOBODY);
    learnedAt = new long[workloads];
  }

  void start() {
    world.in(ASKS_EVERY_NANOS, this::askAnew);
  }

  /** The machine says, and says again, that the address is there; a shut gate drops the frames. */
  void announced(VirtualNode node, int workload) {
    for (long repeat : REPEATS) {
      if (repeat == 0) {
        announceOnce(node, workload);
      } else {
        node.later(repeat, () -> announceOnce(node, workload));
      }
    }
  }

  private void announceOnce(VirtualNode node, int workload) {
    if (!node.gateOpen(workload)) {
      return;
    }
    long delay = world.network().frameDelay(node.index(), end);
    if (delay >= 0) {
      long sentAt = world.now();
      world.in(delay, () -> learn(workload, node.index(), sentAt));
    }
  }

  private void learn(int workload, int node, long sentAt) {
    // The switch keeps the order of frames of one sender; of two senders the later one counts.
    if (sentAt >= learnedAt[workload]) {
      learnedAt[workload] = sentAt;
      known[workload] = node;
    }
  }

  private void askAnew() {
    for (int workload = 0; workload < known.length; workload++) {
      if (!isServed(workload)) {
        for (VirtualNode node : world.nodes()) {
          if (node.gateOpen(workload) && world.network().upBothWays(end, node.index())) {
            learn(workload, node.index(), world.now());
          }
        }
      }
    }
    start();
  }

  /** Whether a request now would be answered. */
  boolean isServed(int workload) {
    int node = known[workload];
    return node != NOBODY
        && world.network().upBothWays(end, node)
        && world.nodes().get(node).answers(workload);
  }

  /** The machine that it would ask; -1 for none. */
  int known(int workload) {
    return known[workload];
  }
}
