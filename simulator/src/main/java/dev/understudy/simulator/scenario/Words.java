// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One command, read word by word. */
final class Words {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(us|ms|s)");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}|100)%");
  private static final Pattern PPM = Pattern.compile("([+-]?\\d{1,5})ppm");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private final int line;
  private final List<String> words;
  private int next;

  Words(int line, String text) {
    this.line = line;
    this.words = Arrays.asList(text.strip().split("\\s+"));
  }

  /** What is wrong with this command. */
  ScenarioException wrong(String what) {
    return new ScenarioException(line, what + ", in: " + String.join(" ", words));
  }

  boolean more() {
    return next < words.size();
  }

  /** Takes the next word if it is that one. */
  boolean take(String word) {
    boolean is = more() && words.get(next).equals(word);
    next += is ? 1 : 0;
    return is;
  }

  void need(String word) throws ScenarioException {
    if (!take(word)) {
      throw wrong("\"" + word + "\" is missing");
    }
  }

  String word(String what) throws ScenarioException {
    if (!more()) {
      throw wrong(what + " is missing");
    }
    return words.get(next++);
  }

  /** All words that are left, one at least. */
  List<String> rest(String what) throws ScenarioException {
    List<String> rest = new ArrayList<>(List.of(word(what)));
    while (more()) {
      rest.add(words.get(next++));
    }
    return rest;
  }

  /** All words of this list in front. */
  List<String> among(List<String> known, String what) throws ScenarioException {
    List<String> found = new ArrayList<>();
    while (more() && known.contains(words.get(next))) {
      found.add(words.get(next++));
    }
    if (found.isEmpty()) {
      throw wrong(what + " of " + known + " is missing");
    }
    return found;
  }

  String one(List<String> known, String what) throws ScenarioException {
    String word = word(what + " of " + known);
    if (!known.contains(word)) {
      throw wrong(word + " is no " + what + " of " + known);
    }
    return word;
  }

  <E extends Enum<E>> E one(Class<E> type, String what) throws ScenarioException {
    String word = word(what).toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(word)) {
        return constant;
      }
    }
    throw wrong(word + " is no " + what);
  }

  void end() throws ScenarioException {
    if (more()) {
      throw wrong("\"" + words.get(next) + "\" is too much");
    }
  }

  long duration(String what) throws ScenarioException {
    Matcher matcher = match(DURATION, what, "30ms");
    long unit =
        switch (matcher.group(2)) {
          case "us" -> 1_000L;
          case "ms" -> 1_000_000L;
          default -> 1_000_000_000L;
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  /** In parts of a million. */
  int percent(String what) throws ScenarioException {
    return Integer.parseInt(match(PERCENT, what, "20%").group(1)) * 10_000;
  }

  long ppm(String what) throws ScenarioException {
    return Long.parseLong(match(PPM, what, "500ppm").group(1));
  }

  int number(String what) throws ScenarioException {
    return Integer.parseInt(match(NUMBER, what, "3").group());
  }

  private Matcher match(Pattern pattern, String what, String example) throws ScenarioException {
    String word = word(what);
    Matcher matcher = pattern.matcher(word);
    if (!matcher.matches()) {
      throw wrong(word + " is no " + what + " like " + example);
    }
    return matcher;
  }
}
