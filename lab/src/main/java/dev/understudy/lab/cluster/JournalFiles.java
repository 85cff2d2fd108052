// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import com.fasterxml.jackson.core.JacksonException;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the agents of a node have written down of themselves, whether or not the node is up. */
final class JournalFiles {
  private JournalFiles() {}

  /** Oldest first, as far as the node's disk goes back. */
  static List<NodeEvent> read(String node, Path disk) throws LabException {
    List<NodeEvent> events = new ArrayList<>();
    for (String name : List.of("events.jsonl.1", "events.jsonl")) {
      Path file = disk.resolve(name);
      try {
        String text = Files.exists(file) ? Files.readString(file) : "";
        text.lines().forEach(line -> whole(line).ifPresent(events::add));
      } catch (IOException e) {
        throw LabException.failed(
            "The journal of node " + node + " cannot be read: " + e.getMessage() + ".", e);
      }
    }
    return events;
  }

  /** A crash or a full disk leaves parts of lines; what comes after them is whole again. */
  private static Optional<NodeEvent> whole(String line) {
    try {
      return line.isEmpty()
          ? Optional.empty()
          : Optional.of(Json.mapper().readValue(line, NodeEvent.class));
    } catch (JacksonException torn) {
      return Optional.empty();
    }
  }
}
