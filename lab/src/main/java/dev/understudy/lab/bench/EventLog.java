// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.NodeEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads each node's events once, with their instants on the host's clock. */
final class EventLog {
  /**
   * An event.
   *
   * @param hostNanos when, on the host's CLOCK_BOOTTIME
   * @param event as its node wrote it
   */
  record Entry(long hostNanos, NodeEvent event) {
    /** A detail as a number; NaN when the event has none of that name. */
    double number(String detail) {
      String text = event.details().getOrDefault(detail, "");
      try {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new IllegalStateException(
            event.kind() + " of " + event.node() + " has " + detail + "=" + text + ", no number", e);
      }
    }
  }

  private final Stage stage;
  private final Map<String, Long> read = new HashMap<>();

  EventLog(Stage stage) {
    this.stage = stage;
  }

  /** What a node wrote since the last call, oldest first. */
  List<Entry> news(String node) throws TrialException {
    List<Entry> entries = new ArrayList<>();
    for (NodeEvent event : stage.events(node, read.getOrDefault(node, 0L))) {
      entries.add(new Entry(stage.hostBootNanos(node, event.bootNanos()), event));
      read.put(node, event.sequence());
    }
    return entries;
  }

  /** A new agent counts its events from 1. */
  void restarted(String node) {
    read.remove(node);
  }
}
