// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.List;

/** What is known of each of a few nodes. For a handful of names a list is quicker than a tree. */
final class ByName<V> {
  private final List<String> names = new ArrayList<>(4);
  private final List<V> values = new ArrayList<>(4);

  V getOrDefault(String name, V otherwise) {
    int index = names.indexOf(name);
    return index < 0 ? otherwise : values.get(index);
  }

  void put(String name, V value) {
    int index = names.indexOf(name);
    if (index < 0) {
      names.add(name);
      values.add(value);
    } else {
      values.set(index, value);
    }
  }

  void remove(String name) {
    int index = names.indexOf(name);
    if (index >= 0) {
      names.remove(index);
      values.remove(index);
    }
  }

  void clear() {
    names.clear();
    values.clear();
  }
}
