// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import java.nio.charset.StandardCharsets;

/** Reads {@code HTTP/1.x 200} with a body {@code {"counter":n}}, as far as it has come. */
final class StateAnswer {
  /** More bytes are needed. */
  static final long INCOMPLETE = -1;

  /** It is an answer, but not this one. */
  static final long WRONG = -2;

  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = " 200 ".getBytes(StandardCharsets.US_ASCII);
  private static final int OK_AT = VERSION.length + 1;
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
  private static final byte[] KEY = "\"counter\"".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS_MAX = 18;

  private StateAnswer() {}

  /** The counter, or {@link #INCOMPLETE}, or {@link #WRONG}. */
  static long counter(byte[] bytes, int length) {
    if (!beginsWith(bytes, 0, length, VERSION) || !beginsWith(bytes, OK_AT, length, OK)) {
      return WRONG;
    }
    int head = find(bytes, 0, length, END_OF_HEAD);
    int key = head < 0 ? -1 : find(bytes, head + END_OF_HEAD.length, length, KEY);
    return key < 0 ? INCOMPLETE : number(bytes, key + KEY.length, length);
  }

  /** A colon, digits and what ends them; white space may stand between. */
  private static long number(byte[] bytes, int from, int length) {
    int at = skipSpace(bytes, from, length);
    if (at < length && bytes[at] != ':') {
      return WRONG;
    }
    at = skipSpace(bytes, at + 1, length);
    long number = 0;
    int digits = 0;
    while (at < length && bytes[at] >= '0' && bytes[at] <= '9') {
      number = number * 10 + (bytes[at] - '0');
      digits++;
      at++;
      if (digits > DIGITS_MAX) {
        return WRONG;
      }
    }
    at = skipSpace(bytes, at, length);
    if (at >= length) {
      return INCOMPLETE;
    }
    return digits > 0 && (bytes[at] == '}' || bytes[at] == ',') ? number : WRONG;
  }

  private static int skipSpace(byte[] bytes, int from, int length) {
    int at = from;
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r')) {
      at++;
    }
    return at;
  }

  /** Whether the part that has come does not contradict the expectation. */
  private static boolean beginsWith(byte[] bytes, int from, int length, byte[] expected) {
    for (int i = 0; i < expected.length && from + i < length; i++) {
      if (bytes[from + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static int find(byte[] bytes, int from, int length, byte[] wanted) {
    for (int start = from; start + wanted.length <= length; start++) {
      if (beginsWith(bytes, start, length, wanted)) {
        return start;
      }
    }
    return -1;
  }
}
