// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names that travel as their position in a list that both sides have. */
final class Names {
  private final List<String> names;
  private final Map<String, Integer> positions = new TreeMap<>();

  Names(List<String> names) {
    this.names = List.copyOf(names);
    for (String name : names) {
      positions.put(name, positions.size());
    }
  }

  int position(String name) {
    Integer position = positions.get(name);
    if (position == null) {
      throw new IllegalArgumentException("broken: not a name of this cluster: " + name);
    }
    return position;
  }

  String at(byte position) throws MalformedDatagram {
    int index = position & 255;
    if (index >= names.size()) {
      throw new MalformedDatagram();
    }
    return names.get(index);
  }

  /** One text of all, to compare lists by. */
  String joined() {
    return String.join(",", names);
  }

  int size() {
    return names.size();
  }
}
