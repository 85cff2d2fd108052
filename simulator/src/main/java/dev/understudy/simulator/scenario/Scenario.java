// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * A story as text: blocks of lines, each with commands and comments, then {@code ----}, then what
 * came of them; blocks are separated by an empty line.
 *
 * @param blocks in their order
 */
public record Scenario(List<Block> blocks) {
  private static final String LINE = "----";

  public Scenario {
    blocks = List.copyOf(blocks);
  }

  /**
   * Some commands and what came of them.
   *
   * @param firstLine number of its first line in the file
   * @param lines commands and comments
   * @param outcome what is said to come of them
   */
  record Block(int firstLine, List<String> lines, List<String> outcome) {
    Block {
      lines = List.copyOf(lines);
      outcome = List.copyOf(outcome);
    }
  }

  /** Reads a scenario; any text is one, but not everyone can be played. */
  public static Scenario parse(String text) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    List<String> outcome = new ArrayList<>();
    List<String> all = new ArrayList<>(text.lines().toList());
    all.add("");
    int first = 1;
    boolean after = false;
    for (int i = 0; i < all.size(); i++) {
      String line = all.get(i).stripTrailing();
      if (line.isEmpty()) {
        if (!lines.isEmpty()) {
          blocks.add(new Block(first, lines, outcome));
        }
        lines = new ArrayList<>();
        outcome = new ArrayList<>();
        after = false;
        first = i + 2;
      } else if (line.equals(LINE)) {
        after = true;
      } else {
        (after ? outcome : lines).add(line);
      }
    }
    return new Scenario(blocks);
  }

  /** The same story with what really came of it, played to its end. */
  public Scenario played() throws ScenarioException {
    Play play = new Play();
    List<Block> after = new ArrayList<>();
    for (Block block : blocks) {
      after.add(new Block(block.firstLine(), block.lines(), play.lines(block)));
    }
    return new Scenario(after);
  }

  /** As a file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Block block : blocks) {
      if (!text.isEmpty()) {
        text.append('\n');
      }
      block.lines().forEach(line -> text.append(line).append('\n'));
      if (!block.outcome().isEmpty()) {
        text.append(LINE).append('\n');
        block.outcome().forEach(line -> text.append(line).append('\n'));
      }
    }
    return text.toString();
  }
}
