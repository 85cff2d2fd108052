// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.Row;
import java.util.Arrays;

/** A node whose own step came late asks nobody for an election before a window has passed. */
final class LatenessBook {
  private static final long NEVER = Long.MAX_VALUE;

  private final World world;
  private final long[] expectedAt;
  private final long[] lateUntil;

  LatenessBook(World world) {
    this.world = world;
    int size = world.setup().nodes().size();
    expectedAt = new long[size];
    lateUntil = new long[size];
    Arrays.fill(expectedAt, NEVER);
    Arrays.fill(lateUntil, Long.MIN_VALUE);
  }

  void agentStarted(VirtualNode node) {
    expectedAt[node.index()] = NEVER;
    lateUntil[node.index()] = Long.MIN_VALUE;
  }

  /** Whether it must not count on its own ears in a step at that time of its own clock. */
  boolean isLate(VirtualNode node, long now) {
    return now < lateUntil[node.index()] || comesLate(node.index(), now);
  }

  private boolean comesLate(int place, long now) {
    long expected = expectedAt[place];
    return expected != NEVER && now - expected > world.setup().timing().lateThresholdNanos();
  }

  void decided(VirtualNode node, Input input, Outcome outcome) {
    int place = node.index();
    if (comesLate(place, input.now())) {
      lateUntil[place] = input.now() + world.setup().timing().windowNanos();
    }
    expectedAt[place] = outcome.wakeAtNanos();
    if (input.now() < lateUntil[place]) {
      outcome.thenSend().forEach(datagram -> accusesNobody(node, datagram));
    }
  }

  private void accusesNobody(VirtualNode node, Datagram datagram) {
    for (Row row : datagram.rows()) {
      if (row.stand() == Row.Stand.ASKING) {
        world.violated("late-accuses", node + " was late itself and asks: " + datagram);
      }
    }
  }
}
