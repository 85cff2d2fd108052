// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Words in sentences about a file: quoting what a user wrote, and guessing what was meant. */
final class Words {
  private static final int QUOTED_MOST = 60;
  private static final int GUESSED_MOST = 40;

  private Words() {}

  /** The text in single quotes, safe for a terminal: shortened, control characters escaped. */
  static String quoted(String text) {
    return "'" + printable(text) + "'";
  }

  /** The text without anything that would move a terminal's cursor, shortened. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    int end = Math.min(text.length(), QUOTED_MOST);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c) || !Character.isDefined(c)) {
        safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return end < text.length() ? safe + "..." : safe.toString();
  }

  /** The candidate that a misspelt word most likely stands for, if one is near enough. */
  static Optional<String> nearest(String word, Collection<String> candidates) {
    if (word.length() > GUESSED_MOST) {
      return Optional.empty();
    }
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    boolean near = bestDistance <= Math.max(1, Math.min(word.length(), best.length()) / 3);
    return near ? Optional.of(best) : Optional.empty();
  }

  /** Levenshtein's distance: insertions, deletions and substitutions between two words. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
