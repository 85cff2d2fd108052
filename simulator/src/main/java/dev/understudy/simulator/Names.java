// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.List;

/**
 * Which place a name has. Asked for several times in every event: nearly always with the very
 * object that stands here, so that a comparison of references finds it.
 */
final class Names {
  private final String kind;
  private final String[] names;

  Names(String kind, List<String> names) {
    this.kind = kind;
    this.names = names.toArray(String[]::new);
  }

  @SuppressWarnings({"ReferenceEquality", "StringEquality"}) // the quick way; equals is below
  int index(String name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no " + kind + " is named " + name);
  }
}
