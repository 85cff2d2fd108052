// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Row;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** When the last datagrams of one peer were taken up, by the peer's own time of their sending. */
final class Deliveries {
  private static final int KEPT = 64;

  private final long[] sentAt = new long[KEPT];
  private final @Nullable Datagram[] datagrams = new Datagram[KEPT];
  private final long[] at = new long[KEPT];
  private int next;

  Deliveries() {
    Arrays.fill(sentAt, Long.MIN_VALUE);
  }

  void add(Datagram datagram, long now) {
    int place = next++ % KEPT;
    sentAt[place] = datagram.sentAt();
    datagrams[place] = datagram;
    at[place] = now;
  }

  /**
   * Where the first one is kept that was sent then and carried that epoch of the workload; -1 when
   * none is. One step may follow another at the same time.
   */
  int firstOf(long sent, String workload, Epoch epoch) {
    int first = -1;
    for (int back = 1; back <= Math.min(KEPT, next); back++) {
      int place = (next - back) % KEPT;
      if (sentAt[place] == sent && row(place, workload).epoch().equals(epoch)) {
        first = place;
      }
    }
    return first;
  }

  /** What that one said of the workload. */
  Row row(int place, String workload) {
    for (Row row : datagram(place).rows()) {
      if (row.workload().equals(workload)) {
        return row;
      }
    }
    throw new IllegalStateException("broken: nothing of " + workload + " in " + datagram(place));
  }

  long at(int place) {
    return at[place];
  }

  Datagram datagram(int place) {
    Datagram datagram = datagrams[place];
    if (datagram == null) {
      throw new IllegalStateException("broken: nothing is kept at " + place);
    }
    return datagram;
  }
}
