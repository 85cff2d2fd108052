// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One value of the file and its place. Each reading method returns empty after it has reported why
 * the value is not of that kind; nothing is converted silently.
 */
final class YamlValue {
  private static final int NUMBER_DIGITS_MOST = 15;

  private final Node node;
  private final String path;
  private final Problems problems;
  private final int line;
  private final int column;

  YamlValue(Node node, String path, Problems problems) {
    this(node, node, path, problems);
  }

  /** A key's value stands at the key when it begins on a later line. */
  YamlValue(Node key, Node node, String path, Problems problems) {
    Mark keyMark = mark(key);
    Mark valueMark = mark(node);
    Mark place = keyMark.getLine() == valueMark.getLine() ? valueMark : keyMark;
    this.node = node;
    this.path = path;
    this.problems = problems;
    this.line = place.getLine() + 1;
    this.column = place.getColumn() + 1;
  }

  private static Mark mark(Node node) {
    return node.getStartMark()
        .orElseThrow(() -> new IllegalStateException("a node without a mark: " + node.getTag()));
  }

  String path() {
    return path;
  }

  Problems problems() {
    return problems;
  }

  void refuse(String sentence) {
    refuseAt(path, sentence);
  }

  /** Reports at this value's place a problem of the key at {@code otherPath}. */
  void refuseAt(String otherPath, String sentence) {
    problems.add(line, column, otherPath, sentence);
  }

  boolean isText() {
    return node instanceof ScalarNode && node.getTag().equals(Tag.STR);
  }

  boolean isNumber() {
    return node instanceof ScalarNode && node.getTag().equals(Tag.INT);
  }

  boolean isList() {
    return node instanceof SequenceNode && node.getTag().equals(Tag.SEQ);
  }

  boolean isMapping() {
    return node instanceof MappingNode && node.getTag().equals(Tag.MAP);
  }

  Optional<String> text() {
    if (!(node instanceof ScalarNode scalar) || !isText()) {
      boolean quotable = node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
      refuseKind("text", quotable ? "; put it in quotes" : "");
      return Optional.empty();
    }
    String text = scalar.getValue();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        refuse("has a character that no program can be given (NUL or half a pair); remove it");
        return Optional.empty();
      }
    }
    return Optional.of(text);
  }

  /** A whole number between two bounds, both included. */
  Optional<Long> number(long least, long most) {
    if (!(node instanceof ScalarNode scalar) || !isNumber()) {
      refuseKind("a whole number");
      return Optional.empty();
    }
    // An explicit tag can make anything an "integer": the text decides.
    String digits = scalar.getValue();
    if (digits.matches("-?[0-9]{1," + NUMBER_DIGITS_MOST + "}")) {
      long number = Long.parseLong(digits);
      if (number >= least && number <= most) {
        return Optional.of(number);
      }
    }
    refuse(Words.quoted(digits) + " is not allowed; write a number from " + least + " to " + most);
    return Optional.empty();
  }

  Optional<Boolean> flag() {
    if (node instanceof ScalarNode scalar && node.getTag().equals(Tag.BOOL)) {
      switch (scalar.getValue()) {
        case "true":
          return Optional.of(true);
        case "false":
          return Optional.of(false);
        default:
          break;
      }
    }
    refuseKind("true or false");
    return Optional.empty();
  }

  Optional<List<YamlValue>> list() {
    if (!(node instanceof SequenceNode sequence) || !isList()) {
      refuseKind("a list");
      return Optional.empty();
    }
    List<YamlValue> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(new YamlValue(item, path + "[" + items.size() + "]", problems));
    }
    return Optional.of(items);
  }

  Optional<YamlObject> object() {
    if (!(node instanceof MappingNode mapping) || !isMapping()) {
      refuseKind("a mapping of keys to values");
      return Optional.empty();
    }
    return Optional.of(new YamlObject(this, mapping));
  }

  /** One of the constants, written in lower case. */
  <E extends Enum<E>> Optional<E> choice(E[] constants) {
    List<String> names = Arrays.stream(constants).map(YamlValue::choiceName).toList();
    Optional<String> word = text();
    if (word.isEmpty()) {
      return Optional.empty();
    }
    int index = names.indexOf(word.get());
    if (index < 0) {
      refuseWord("is unknown", word.get(), names);
      return Optional.empty();
    }
    return Optional.of(constants[index]);
  }

  /** How {@link #choice} spells a constant. */
  static String choiceName(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Reports a word that is none of the allowed ones, with the nearest of them. */
  void refuseWord(String what, String word, List<String> allowed) {
    String guess =
        Words.nearest(word, allowed).map(near -> "; did you mean " + near + "?").orElse("");
    refuse(Words.quoted(word) + " " + what + "; allowed is " + String.join(", ", allowed) + guess);
  }

  /** Reports that the value is of another kind than the wanted one. */
  void refuseKind(String wanted) {
    refuseKind(wanted, "");
  }

  private void refuseKind(String wanted, String advice) {
    String subject = path.isEmpty() ? "the file " : "";
    refuse(
        node.getTag().equals(Tag.NULL)
            ? subject + "has no value; write one, or remove the key"
            : subject + "must be " + wanted + ", not " + kind() + advice);
  }

  private String kind() {
    Tag tag = node.getTag();
    if (tag.equals(Tag.INT)) {
      return "a number";
    }
    if (tag.equals(Tag.FLOAT)) {
      return "a number with a fraction or exponent";
    }
    if (tag.equals(Tag.BOOL)) {
      return "true or false";
    }
    if (tag.equals(Tag.STR)) {
      return "text";
    }
    if (tag.equals(Tag.SEQ)) {
      return "a list";
    }
    return tag.equals(Tag.MAP) ? "a mapping" : "of type " + Words.printable(tag.getValue());
  }
}
