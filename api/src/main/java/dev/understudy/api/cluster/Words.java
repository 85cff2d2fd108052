// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Words in sentences about a file: quoting what a user wrote, and guessing what was meant. */
final class Words {
  private static final int QUOTED_MOST = 60;
  private static final int REASON_MOST = 300;
  private static final int GUESSED_MOST = 40;

  private Words() {}

  /** The text in single quotes, safe for a terminal: shortened, control characters escaped. */
  static String quoted(String text) {
    return "'" + printable(text, QUOTED_MOST) + "'";
  }

  /** A reason from elsewhere without anything that would move a terminal's cursor. */
  static String printable(String text) {
    return printable(text, REASON_MOST);
  }

  private static String printable(String text, int most) {
    StringBuilder safe = new StringBuilder();
    int end = Math.min(text.length(), most);
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

  /** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
      }
    }
    return cost[a.length()][b.length()];
  }
}
