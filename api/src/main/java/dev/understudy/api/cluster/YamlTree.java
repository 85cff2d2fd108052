// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * YAML text to a tree of values with their places. The text comes from outside: nesting is bounded
 * before the recursive composer sees it, and anchors, aliases and further documents are refused.
 * Scalars follow the JSON schema of YAML 1.2, so {@code no} is text and {@code 010} is not a
 * number.
 */
final class YamlTree {
  static final int DEPTH_MOST = 12;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setSchema(new JsonSchema()).setLabel("cluster file").build();

  private final String text;
  private final Problems problems;

  private YamlTree(String text, Problems problems) {
    this.text = text;
    this.problems = problems;
  }

  /** The document's only value; empty, with the reasons in {@code problems}, if there is none. */
  static Optional<YamlValue> root(String text, Problems problems) {
    YamlTree tree = new YamlTree(text, problems);
    if (!tree.printable()) {
      return Optional.empty();
    }
    try {
      return tree.harmless() ? tree.compose() : Optional.empty();
    } catch (YamlEngineException e) {
      tree.refuseSyntax(e);
      return Optional.empty();
    }
  }

  private Optional<YamlValue> compose() {
    Optional<Node> node = new Compose(SETTINGS).composeString(text);
    if (node.isEmpty()) {
      problems.add(1, 1, "", "the file is empty; docs/cluster-file.md shows a small example");
    }
    return node.map(root -> new YamlValue(root, "", problems));
  }

  /** Looks at the flat stream of events for what must not reach the composer. */
  private boolean harmless() {
    int before = problems.count();
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case DocumentStart -> documents++;
        case Alias, Comment, DocumentEnd, Scalar, StreamEnd, StreamStart -> {}
      }
      if (depth > DEPTH_MOST) {
        refuse(event, "values are nested deeper than " + DEPTH_MOST + " levels; nest them less");
        return false;
      }
      if (documents > 1) {
        refuse(event, "a second document begins here; a cluster file holds one, remove the rest");
        return false;
      }
      if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
        refuse(event, "anchors (&) and aliases (*) are not allowed; write the value out here");
      }
    }
    return problems.count() == before;
  }

  private boolean printable() {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!printable(c)) {
        String name = String.format("U+%04X", c);
        problems.add(line, column, "", "character " + name + " is not allowed; remove it");
        return false;
      }
      column = c == '\n' ? 1 : column + 1;
      line = c == '\n' ? line + 1 : line;
      i += Character.charCount(c);
    }
    return true;
  }

  /** The printable characters of YAML 1.2, section 5.1. */
  private static boolean printable(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c == 0x85
        || (c >= 0x20 && c <= 0x7e)
        || (c >= 0xa0 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }

  private void refuse(Event event, String sentence) {
    add(event.getStartMark(), sentence);
  }

  private void refuseSyntax(YamlEngineException e) {
    Optional<Mark> mark = Optional.empty();
    String reason = String.valueOf(e.getMessage());
    if (e instanceof YamlVersionException) {
      reason = "its version is not 1.2";
    }
    if (e instanceof MarkedYamlEngineException marked) {
      mark = marked.getProblemMark().or(marked::getContextMark);
      reason = marked.getProblem();
    }
    add(mark, "this is not YAML: " + Words.printable(reason.strip()));
  }

  private void add(Optional<Mark> mark, String sentence) {
    int line = mark.map(m -> m.getLine() + 1).orElse(0);
    int column = mark.map(m -> m.getColumn() + 1).orElse(0);
    problems.add(line, column, "", sentence);
  }
}
