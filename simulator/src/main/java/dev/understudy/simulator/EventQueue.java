// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What will happen, by time and, at one time, in the order in which it was added: a binary heap.
 */
final class EventQueue {
  /** Something that happens at its time. */
  interface Event {
    void happen();
  }

  private long[] times = new long[256];
  private long[] orders = new long[256];
  private @Nullable Event[] events = new Event[256];
  private int size;
  private long order;

  void add(long at, Event event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      events = Arrays.copyOf(events, size * 2);
    }
    int hole = size++;
    long mine = order++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      // A newer one of the same time stays behind.
      if (times[parent] <= at) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    put(hole, at, mine, event);
  }

  /** When the next one happens; {@link Long#MAX_VALUE} when nothing ever will. */
  long nextAt() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /** Takes the next one out. */
  Event take() {
    @Nullable Event first = events[0];
    if (first == null) {
      throw new IllegalStateException("broken: nothing is left to happen");
    }
    int last = --size;
    long at = times[last];
    long mine = orders[last];
    @Nullable Event moved = events[last];
    events[last] = null;
    if (last > 0 && moved != null) {
      sink(at, mine, moved);
    }
    return first;
  }

  private void sink(long at, long mine, Event event) {
    int hole = 0;
    for (int child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      boolean stays = at < times[child] || (at == times[child] && mine < orders[child]);
      if (stays) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    put(hole, at, mine, event);
  }

  private boolean before(int one, int other) {
    return times[one] < times[other] || (times[one] == times[other] && orders[one] < orders[other]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }

  private void put(int hole, long at, long mine, Event event) {
    times[hole] = at;
    orders[hole] = mine;
    events[hole] = event;
  }
}
