// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

import java.util.regex.Pattern;

/**
 * A place in a node's records: all up to this one are known.
 *
 * @param stream of a start of the agent; empty before everything
 * @param sequence of the last record that is known
 */
public record RecordCursor(String stream, long sequence) {
  /** Before every record. */
  public static final RecordCursor START = new RecordCursor("", 0);

  private static final Pattern STREAM = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})-([0-9]{1,18})");

  public RecordCursor {
    boolean start = stream.isEmpty() && sequence == 0;
    if (!start && (!STREAM.matcher(stream).matches() || sequence < 0)) {
      throw new IllegalArgumentException(
          "no place in records: " + Sentences.bounded(stream) + "-" + sequence);
    }
  }

  /** As it stands in a query or a page; empty for the start. */
  public String text() {
    return stream.isEmpty() ? "" : stream + "-" + sequence;
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException with a sentence when it is none
   */
  public static RecordCursor parse(String text) {
    if (text.isEmpty()) {
      return START;
    }
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no place in records: " + Sentences.bounded(text));
    }
    return new RecordCursor(parts.group(1), Long.parseLong(parts.group(2)));
  }
}
