// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells subscribers which node is active, until each of them has acknowledged the epoch or a newer
 * one. Repeated with growing pauses, because nobody knows whether a subscriber still exists.
 */
final class Announcer {
  private static final long FIRST_NANOS = 20_000_000L;
  private static final long MOST_NANOS = 2_000_000_000L;

  /** What one subscriber has to hear of one workload. */
  private record Open(Epoch epoch, long nextAt, long pauseNanos) {}

  private final String self;
  private final Map<String, Epoch> reigns = new TreeMap<>();
  private final Map<String, Map<String, Open>> open = new TreeMap<>();

  /** Of all that is open; asked in every step, and changed seldom. */
  private long nextAt = Long.MAX_VALUE;

  Announcer(String self) {
    this.self = self;
  }

  /** Somebody wants to hear of every reign, and of the present ones at once. */
  void subscribe(String subscriber, long now) {
    Map<String, Open> all = new TreeMap<>();
    reigns.forEach((workload, epoch) -> all.put(workload, new Open(epoch, now, FIRST_NANOS)));
    open.put(subscriber, all);
    lookAgain();
  }

  void unsubscribe(String subscriber) {
    open.remove(subscriber);
    lookAgain();
  }

  /** This node reigns over the workload in that epoch; {@link Epoch#NONE} for not at all. */
  void reigns(String workload, Epoch epoch, long now) {
    Epoch before = reigns.getOrDefault(workload, Epoch.NONE);
    if (epoch.equals(before)) {
      return;
    }
    if (epoch.equals(Epoch.NONE)) {
      // The next active announces itself; to repeat what is over would only confuse.
      reigns.remove(workload);
      open.values().forEach(all -> all.remove(workload));
    } else {
      reigns.put(workload, epoch);
      open.values().forEach(all -> all.put(workload, new Open(epoch, now, FIRST_NANOS)));
    }
    lookAgain();
  }

  /** A subscriber knows that epoch: what it has to hear is done unless it is newer. */
  void acknowledged(Announcement answer) {
    Map<String, Open> all = open.get(answer.sender());
    Open waiting = all == null ? null : all.get(answer.workload());
    if (all != null && waiting != null && !waiting.epoch.above(answer.epoch())) {
      all.remove(answer.workload());
      lookAgain();
    }
  }

  /** What has to be sent now. */
  List<Announcement> due(long now) {
    if (now < nextAt) {
      return List.of();
    }
    List<Announcement> due = new ArrayList<>();
    open.forEach((subscriber, all) ->
        all.replaceAll((workload, waiting) -> {
          if (now < waiting.nextAt) {
            return waiting;
          }
          due.add(new Announcement(self, subscriber, workload, waiting.epoch, self, false));
          long next = Math.min(2 * waiting.pauseNanos, MOST_NANOS);
          return new Open(waiting.epoch, now + waiting.pauseNanos, next);
        }));
    lookAgain();
    return List.copyOf(due);
  }

  /** When the next repetition is due; never when everybody knows. */
  long nextAt() {
    return nextAt;
  }

  private void lookAgain() {
    nextAt = Long.MAX_VALUE;
    for (Map<String, Open> all : open.values()) {
      for (Open waiting : all.values()) {
        nextAt = Math.min(nextAt, waiting.nextAt);
      }
    }
  }
}
