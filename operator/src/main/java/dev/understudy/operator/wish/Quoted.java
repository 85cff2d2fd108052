// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import java.util.Locale;

/** Text of users within sentences of ours. */
final class Quoted {
  private static final int MOST = 60;

  private Quoted() {}

  /** In single quotes, shortened, without what would move a terminal's cursor. */
  static String of(String text) {
    StringBuilder safe = new StringBuilder("'");
    text.chars()
        .limit(MOST)
        .forEach(c ->
            safe.append(
                c < ' ' || c > '~'
                    ? String.format(Locale.ROOT, "\\u%04x", c)
                    : Character.toString(c)));
    return safe.append(text.length() > MOST ? "...'" : "'").toString();
  }
}
