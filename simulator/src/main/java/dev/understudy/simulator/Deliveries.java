// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Arrays;

/** When the last datagrams of one peer were taken up, by the peer's own time of their sending. */
final class Deliveries {
  static final long NEVER = Long.MIN_VALUE;

  private static final int KEPT = 64;

  private final long[] sentAt = new long[KEPT];
  private final long[] incarnation = new long[KEPT];
  private final long[] at = new long[KEPT];
  private int next;

  Deliveries() {
    Arrays.fill(sentAt, NEVER);
  }

  void add(long sent, long sender, long now) {
    int place = next++ % KEPT;
    sentAt[place] = sent;
    incarnation[place] = sender;
    at[place] = now;
  }

  /** When the one that was sent then was taken up for the first time. */
  long firstAt(long sent, long sender) {
    long first = NEVER;
    for (int back = 1; back <= Math.min(KEPT, next); back++) {
      int place = (next - back) % KEPT;
      if (sentAt[place] == sent && incarnation[place] == sender) {
        first = at[place];
      }
    }
    return first;
  }
}
