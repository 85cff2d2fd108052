// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;

/** A time for each of a few nodes, which only moves forward. Looked at in every step. */
final class Times {
  /** The time of a node that has none. */
  static final long NONE = Long.MIN_VALUE;

  private String[] names = new String[4];
  private long[] times = new long[4];
  private int size;
  private long changes;

  long of(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return times[i];
      }
    }
    return NONE;
  }

  /** That time, unless a later one is there. */
  void merge(String name, long time) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        if (time > times[i]) {
          times[i] = time;
          changes++;
        }
        return;
      }
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      times = Arrays.copyOf(times, 2 * size);
    }
    names[size] = name;
    times[size++] = time;
    changes++;
  }

  void clear() {
    size = 0;
    changes++;
  }

  /** Grows whenever something changes. */
  long changes() {
    return changes;
  }

  /** Whose times are later than that, sorted. */
  NavigableSet<String> after(long time) {
    NavigableSet<String> later = new TreeSet<>();
    for (int i = 0; i < size; i++) {
      if (times[i] > time) {
        later.add(names[i]);
      }
    }
    return later;
  }

  /** Who has a time, sorted. */
  NavigableSet<String> names() {
    return after(NONE);
  }
}
