// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Arrays;

/** When the last datagrams of one peer were taken up, by the peer's own time of their sending. */
final class Deliveries {
  private static final int KEPT = 64;

  private final long[] sentAt = new long[KEPT];
  private final long[] incarnation = new long[KEPT];
  private final long[] at = new long[KEPT];
  private int next;

  Deliveries() {
    Arrays.fill(sentAt, Long.MIN_VALUE);
  }

  void add(long sent, long sender, long now) {
    int place = next++ % KEPT;
    sentAt[place] = sent;
    incarnation[place] = sender;
    at[place] = now;
  }

  /** Where the first one that was sent then is kept; -1 when none is. */
  int firstOf(long sent) {
    int first = -1;
    for (int back = 1; back <= Math.min(KEPT, next); back++) {
      int place = (next - back) % KEPT;
      if (sentAt[place] == sent) {
        first = place;
      }
    }
    return first;
  }

  long at(int place) {
    return at[place];
  }

  long incarnation(int place) {
    return incarnation[place];
  }
}
