// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One block of scenarios.txt: a cluster file and the answers to it.
 *
 * @param title its first line
 * @param source its lines without the expected ones
 * @param schema what the JSON Schema should say: accepts, refuses or unasked
 * @param document the cluster file
 * @param expected the parser's lines; none when the file is accepted
 */
record Scenario(
    String title, List<String> source, String schema, String document, List<String> expected) {

  /** Every scenario of the text; what precedes the first title is for people. */
  static List<Scenario> all(String text, String base) {
    List<Scenario> all = new ArrayList<>();
    for (String block : preambleAndBlocks(text).subList(1, preambleAndBlocks(text).size())) {
      all.add(one(block.lines().filter(line -> !line.isBlank()).toList(), base));
    }
    return all;
  }

  static String preamble(String text) {
    return preambleAndBlocks(text).getFirst();
  }

  private static List<String> preambleAndBlocks(String text) {
    return List.of(text.split("(?m)^## "));
  }

  private static Scenario one(List<String> lines, String base) {
    List<String> source = lines.stream().filter(line -> !line.startsWith("> ")).toList();
    List<String> expected =
        lines.stream()
            .filter(line -> line.startsWith("> "))
            .map(line -> line.substring(2))
            .toList();
    String schema = source.get(1);
    if (!schema.matches("schema: (accepts|refuses|unasked)")) {
      throw new IllegalArgumentException(source.getFirst() + ": not a schema line: " + schema);
    }
    String document = document(source.subList(2, source.size()), base);
    return new Scenario(source.getFirst(), source, schema.substring(8), document, expected);
  }

  private static String document(List<String> edits, String base) {
    String document = base;
    int i = 0;
    while (i < edits.size()) {
      StringBuilder old = new StringBuilder();
      StringBuilder replacement = new StringBuilder();
      for (; i < edits.size() && edits.get(i).startsWith("- "); i++) {
        old.append(edits.get(i).substring(2)).append('\n');
      }
      for (; i < edits.size() && edits.get(i).startsWith("+ "); i++) {
        replacement.append(edits.get(i).substring(2)).append('\n');
      }
      if (old.isEmpty() && replacement.isEmpty()) {
        throw new IllegalArgumentException("neither old nor new: " + edits.get(i));
      }
      document = old.isEmpty() ? replacement.toString() : replaced(document, old, replacement);
    }
    return document;
  }

  private static String replaced(String document, CharSequence old, CharSequence replacement) {
    int at = ("\n" + document).indexOf("\n" + old);
    if (at < 0 || ("\n" + document).indexOf("\n" + old, at + 1) >= 0) {
      throw new IllegalArgumentException("not exactly once in the file: " + old);
    }
    return document.substring(0, at) + replacement + document.substring(at + old.length());
  }
}
