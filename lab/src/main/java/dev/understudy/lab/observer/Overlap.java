// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import dev.understudy.lab.observer.Reigns.Reign;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A frame of an old reign after the first frame of a newer one.
 *
 * @param node who should have been silent
 * @param reign its reign; empty when it never was elected before it spoke
 * @param newer the newer reign; empty when the older one was none
 * @param nanos for how long both spoke; 0 for a frame outside of any reign
 * @param burst the frames in question
 */
public record Overlap(String node, String reign, String newer, long nanos, Burst burst) {

  /** Every overlap among bursts of one workload. */
  public static List<Overlap> find(List<Burst> bursts, Reigns reigns) {
    Map<Reign, Long> begins = new HashMap<>();
    for (Burst burst : bursts) {
      // A burst may reach from one reign of a node into its next: then it began with the older.
      Optional<Reign> first = reigns.of(burst.node(), burst.firstNanos());
      first.ifPresent(reign -> begins.merge(reign, burst.firstNanos(), Math::min));
    }
    List<Overlap> found = new ArrayList<>();
    for (Burst burst : bursts) {
      Optional<Reign> own = reigns.of(burst.node(), burst.lastNanos());
      if (own.isEmpty() || reigns.of(burst.node(), burst.firstNanos()).isEmpty()) {
        found.add(new Overlap(burst.node(), "", "", 0, burst));
      } else {
        begins.entrySet().stream()
            .filter(e -> e.getKey().above(own.get()) && e.getValue() < burst.lastNanos())
            .min(Map.Entry.comparingByValue())
            .ifPresent(e ->
                found.add(
                    new Overlap(
                        burst.node(),
                        own.get().toString(),
                        e.getKey().toString(),
                        burst.lastNanos() - e.getValue(),
                        burst)));
      }
    }
    return found;
  }

  /** For people. */
  public String text() {
    return reign.isEmpty()
        ? "node " + node + " sent " + burst.frames() + " frames and was never elected"
        : String.format(
            Locale.ROOT,
            "node %s sent frames of %s until %.3f ms after the first one of %s",
            node,
            reign,
            nanos / 1e6,
            newer);
  }
}
