// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of one kind of thing: short enough for interfaces and folders, each given once. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,15}");

  private final Set<String> taken = new HashSet<>();

  /** The name in that value, if it keeps the rules for names. */
  static Optional<String> read(YamlValue value) {
    Optional<String> name = value.text();
    if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
      value.refuse(
          Words.quoted(name.get())
              + " is not a name; write 1 to 16 of a-z, 0-9 and -, beginning with a letter");
      return Optional.empty();
    }
    return name;
  }

  /** As {@link #read}, and nothing else of this kind has the name. */
  Optional<String> claim(YamlValue value) {
    Optional<String> name = read(value);
    if (name.isPresent() && !taken.add(name.get())) {
      value.refuse(Words.quoted(name.get()) + " is taken by an earlier one; choose another name");
      return Optional.empty();
    }
    return name;
  }
}
