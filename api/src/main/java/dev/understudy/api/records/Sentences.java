// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

/** Makes text of others fit to be kept and printed: one line, without control characters. */
public final class Sentences {
  private static final int CHARACTERS_MOST = 500;

  private Sentences() {}

  /** The text in one line, cut after 500 characters. */
  public static String bounded(String text) {
    StringBuilder line = new StringBuilder();
    int end = Math.min(text.length(), CHARACTERS_MOST);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      // Half of a pair is no text to a database.
      boolean odd = Character.isISOControl(c) || Character.isSurrogate(c);
      line.append(odd ? ' ' : c);
    }
    return line.toString();
  }
}
