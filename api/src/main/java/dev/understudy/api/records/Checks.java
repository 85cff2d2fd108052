// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

import java.util.regex.Pattern;

/** What every record must keep, whoever wrote it: it is checked wherever one is made or read. */
final class Checks {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");
  private static final Pattern GENERATION =
      Pattern.compile("none|[1-9][0-9]{0,18}@[A-Za-z0-9][A-Za-z0-9._-]{0,252}/(live|[0-9]{1,19})");
  private static final Pattern EPOCH =
      Pattern.compile("[1-9][0-9]{0,18}@[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

  private Checks() {}

  static void name(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw refused(what, value, "is not a name");
    }
  }

  /** A name, or nothing. */
  static void nameOrEmpty(String what, String value) {
    if (!value.isEmpty()) {
      name(what, value);
    }
  }

  static void generation(String value) {
    if (!GENERATION.matcher(value).matches()) {
      throw refused("generation", value, "is none");
    }
  }

  static void epoch(String value) {
    if (!EPOCH.matcher(value).matches()) {
      throw refused("epoch", value, "is none");
    }
  }

  /** A sentence for people: one line, bounded. */
  static void sentence(String what, String value) {
    if (!value.equals(Sentences.bounded(value))) {
      throw refused(what, Sentences.bounded(value), "was longer, or had control characters");
    }
  }

  /** Figures that are at least -1, which stands for unknown. */
  static void known(long... figures) {
    for (long figure : figures) {
      if (figure < -1) {
        throw new IllegalArgumentException("a figure of " + figure + ", the least is -1: unknown");
      }
    }
  }

  private static IllegalArgumentException refused(String what, String value, String why) {
    return new IllegalArgumentException(what + " \"" + Sentences.bounded(value) + "\" " + why);
  }
}
