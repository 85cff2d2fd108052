// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A change of one source file of {@code core}.
 *
 * @param file its name below {@code dev/understudy/core}, as {@code protocol/Voter}
 * @param before the text that has to stand there exactly once, whatever blanks and line breaks are
 *     between its characters
 * @param after what takes its place
 */
public record Patch(String file, String before, String after) {

  /** A change of the protocol's class of that name. */
  static Patch of(String name, String before, String after) {
    return new Patch("protocol/" + name, before, after);
  }

  /**
   * The source with the change.
   *
   * @throws StaleCanaryException when the source has moved on
   */
  String apply(String source, String canary) throws StaleCanaryException {
    Pattern pattern =
        Pattern.compile(
            before
                .replaceAll("\\s", "")
                .codePoints()
                .mapToObj(c -> Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining("\\s*")));
    Matcher matcher = pattern.matcher(source);
    long found = matcher.results().count();
    if (found != 1) {
      throw new StaleCanaryException(
          "canary %s changes a text that stands %d times in %s.java, not once; adapt it:%n%s"
              .formatted(canary, found, file, before));
    }
    return matcher.reset().replaceFirst(Matcher.quoteReplacement(after));
  }
}
