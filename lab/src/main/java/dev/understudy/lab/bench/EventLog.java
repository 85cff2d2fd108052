// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.NodeEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads each node's events once, with their instants on the host's clock. */
final class EventLog {
  /**
   * An event.
   *
   * @param hostNanos when, on the host's CLOCK_BOOTTIME
   * @param event as its node wrote it
   */
  record Entry(long hostNanos, NodeEvent event) {}

  private final Stage stage;
  private final Map<String, Long> read = new HashMap<>();
  private final Map<String, Long> captureBegins = new HashMap<>();

  EventLog(Stage stage) {
    this.stage = stage;
  }

  /** What a node wrote since the last call, oldest first. */
  List<Entry> news(String node) throws TrialException {
    List<Entry> entries = new ArrayList<>();
    for (NodeEvent event : stage.events(node, read.getOrDefault(node, 0L))) {
      entries.add(new Entry(stage.hostBootNanos(node, event.bootNanos()), event));
      if (event.kind().equals(NodeEvent.CAPTURED)) {
        long began = Long.parseLong(detail(event, "began_boot_nanos"));
        captureBegins.put(detail(event, "generation"), stage.hostBootNanos(node, began));
      }
      read.put(node, event.sequence());
    }
    return entries;
  }

  /** When a generation was captured, on the host's clock; empty if no capture of it was read. */
  OptionalLong captureBegan(String generation) {
    Long began = captureBegins.get(generation);
    return began == null ? OptionalLong.empty() : OptionalLong.of(began);
  }

  /** A detail that an event of that kind always has. */
  static String detail(NodeEvent event, String name) {
    String value = event.details().get(name);
    if (value == null) {
      throw new IllegalStateException(
          event.kind() + " of node " + event.node() + " lacks " + name + ": " + event.details());
    }
    return value;
  }

  /** A new agent counts its events from 1. */
  void restarted(String node) {
    read.remove(node);
  }
}
