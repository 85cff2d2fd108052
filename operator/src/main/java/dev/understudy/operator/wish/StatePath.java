// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import java.util.Optional;
import java.util.regex.Pattern;

/** The path, with query, of a request for a program's state. */
final class StatePath {
  private static final Pattern ALLOWED =
      Pattern.compile("/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,1023}");

  private StatePath() {}

  /** What is wrong with it, if anything. */
  static Optional<String> fault(String path) {
    return ALLOWED.matcher(path).matches()
        ? Optional.empty()
        : Optional.of("write a path such as /state, encoded as in a URL");
  }
}
