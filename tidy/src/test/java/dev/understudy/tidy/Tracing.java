// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import dev.understudy.tidy.Repository.TextFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Traces the rules of docs/protocol.md to the code that enforces them and to the tests that name
 * them. A rule in force begins a line with its number in bold, a merely designed one with its
 * number in italics.
 */
final class Tracing {
  private static final String DOCUMENT = "docs/protocol.md";
  private static final Pattern RULE = Pattern.compile("(?m)^(\\*\\*?)(FO-\\d+)\\1 ");
  private static final Pattern ENFORCED = Pattern.compile("(?m)^- Enforced by (.+)\\.$");
  private static final Pattern PLACE = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");
  private static final Pattern TAG = Pattern.compile("(?m)^\\s*@Tag\\(\"(FO-[^\"]*)\"\\)");
  private static final Pattern MENTION = Pattern.compile("\\bFO-\\d+\\b");

  private Tracing() {}

  /** What is wrong between the rules and whatever names them; empty when all agree. */
  static List<String> violations(List<TextFile> files) {
    String document =
        files.stream()
            .filter(file -> file.path().equals(DOCUMENT))
            .map(TextFile::text)
            .findFirst()
            .orElse("");
    TreeMap<String, String> inForce = new TreeMap<>();
    TreeSet<String> designed = new TreeSet<>();
    List<String> violations = new ArrayList<>();
    Matcher rule = RULE.matcher(document);
    while (rule.find()) {
      String number = rule.group(2);
      if (inForce.containsKey(number) || designed.contains(number)) {
        violations.add(DOCUMENT + " defines " + number + " twice");
      } else if (rule.group(1).equals("**")) {
        inForce.put(number, paragraph(document, rule.end()));
      } else {
        designed.add(number);
      }
    }
    if (inForce.isEmpty()) {
      violations.add(DOCUMENT + " defines no rule");
    }
    inForce.forEach((number, text) -> violations.addAll(enforcement(number, text, files)));
    violations.addAll(tests(inForce.keySet(), files));
    designed.addAll(inForce.keySet());
    violations.addAll(mentions(designed, files));
    return violations;
  }

  private static String paragraph(String document, int from) {
    int end = document.indexOf("\n\n", from);
    return document.substring(from, end < 0 ? document.length() : end);
  }

  /** Each rule names where it is enforced: classes of this repository, and members of them. */
  private static List<String> enforcement(String rule, String text, List<TextFile> files) {
    List<String> violations = new ArrayList<>();
    Matcher line = ENFORCED.matcher(text);
    Matcher place = PLACE.matcher(line.find() ? line.group(1) : "");
    int places = 0;
    while (place.find()) {
      places++;
      String file = "/" + place.group(1) + ".java";
      String member = place.group(2) == null ? place.group(1) : place.group(2);
      Pattern word = Pattern.compile("\\b" + member + "\\b");
      boolean there =
          files.stream()
              .filter(f -> f.path().endsWith(file) && f.path().contains("/src/main/"))
              .anyMatch(f -> word.matcher(f.text()).find());
      if (!there) {
        violations.add(rule + " is said to be enforced by " + place.group() + ": there is none");
      }
    }
    if (places == 0) {
      violations.add(rule + " does not say what enforces it");
    }
    return violations;
  }

  private static List<String> tests(Set<String> rules, List<TextFile> files) {
    TreeSet<String> untested = new TreeSet<>(rules);
    List<String> violations = new ArrayList<>();
    for (TextFile file : files) {
      Matcher tag = TAG.matcher(file.isJava() && file.isTest() ? file.text() : "");
      while (tag.find()) {
        String number = tag.group(1);
        untested.remove(number);
        if (!rules.contains(number)) {
          violations.add(file.path() + " is tagged " + number + ": no rule in force");
        }
      }
    }
    untested.forEach(number -> violations.add(number + " has no test that is tagged with it"));
    return violations;
  }

  private static List<String> mentions(Set<String> known, List<TextFile> files) {
    List<String> violations = new ArrayList<>();
    for (TextFile file : files) {
      Matcher mention = MENTION.matcher(file.name().endsWith(".md") ? file.text() : "");
      while (mention.find()) {
        if (!known.contains(mention.group())) {
          violations.add(file.path() + " mentions " + mention.group() + ": there is none");
        }
      }
    }
    return violations;
  }
}
