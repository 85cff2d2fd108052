// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.api.control.Json;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import dev.understudy.api.records.Sentences;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What one agent answered, checked: a record that breaks a rule is refused alone, so that it cannot
 * stand in the way of those behind it.
 *
 * @param next the place to go on from
 * @param records the good ones, in order
 * @param refused a sentence for each of the others
 */
record Pages(RecordCursor next, List<NodeRecord> records, List<String> refused) {

  /**
   * Reads an answer.
   *
   * @throws IOException with one sentence when it is no page of that node at all
   */
  static Pages read(String node, byte[] body) throws IOException {
    if (body.length > Agents.PAGE_BYTES_MOST) {
      throw new IOException("a page of " + body.length + " bytes is too long");
    }
    JsonNode page;
    try {
      page = Json.mapper().readTree(body);
    } catch (JsonProcessingException e) {
      throw new IOException("no page of records: " + Sentences.bounded(e.getOriginalMessage()), e);
    }
    String named = page.path("node").asText("");
    if (!named.equals(node)) {
      throw new IOException("records of node \"" + Sentences.bounded(named) + "\" came instead");
    }
    JsonNode rows = page.path("records");
    if (!rows.isArray() || rows.size() > RecordPage.RECORDS_MOST) {
      throw new IOException("a page with " + rows.size() + " records, no list or too long a one");
    }
    RecordCursor next;
    try {
      next = RecordCursor.parse(page.path("next").asText(""));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    List<NodeRecord> records = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (JsonNode row : rows) {
      read(node, row, records, refused);
    }
    return new Pages(next, List.copyOf(records), List.copyOf(refused));
  }

  private static void read(
      String node, JsonNode row, List<NodeRecord> records, List<String> refused) {
    try {
      NodeRecord record = Json.mapper().treeToValue(row, NodeRecord.class);
      if (record == null || !record.node().equals(node)) {
        refused.add("a record that is not of this node");
        return;
      }
      records.add(record);
    } catch (JsonProcessingException e) {
      refused.add("a record that is none: " + Sentences.bounded(e.getOriginalMessage()));
    }
  }

  /** How many records between that place and the last one here never came. */
  long missing(RecordCursor after) {
    RecordCursor last = after;
    long gaps = 0;
    for (NodeRecord record : records) {
      boolean same = record.stream().equals(last.stream());
      gaps += Math.max(0, record.sequence() - (same ? last.sequence() : 0) - 1);
      last = record.cursor();
    }
    return Math.max(0, gaps - refused.size());
  }
}
