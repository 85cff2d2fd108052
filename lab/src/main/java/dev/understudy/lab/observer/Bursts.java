// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums frames up, as they come. For one thread. */
final class Bursts {
  /** Shorter than any lease that a lab runs with, so that a reign's last frame ends a burst. */
  static final long SILENCE_NANOS = 10_000_000L;

  private final List<Burst> ended = new ArrayList<>();
  private final Map<Integer, Burst> open = new HashMap<>();

  void add(String node, int address, long nanos, boolean arp) {
    Burst last = open.get(address);
    int arps = arp ? 1 : 0;
    if (last != null && last.node().equals(node) && nanos - last.lastNanos() < SILENCE_NANOS) {
      open.put(
          address,
          new Burst(
              node,
              address,
              Math.min(last.firstNanos(), nanos),
              Math.max(last.lastNanos(), nanos),
              last.frames() + 1,
              last.arps() + arps));
    } else {
      if (last != null) {
        ended.add(last);
      }
      open.put(address, new Burst(node, address, nanos, nanos, 1, arps));
    }
  }

  List<Burst> all() {
    List<Burst> all = new ArrayList<>(ended);
    all.addAll(open.values());
    return all;
  }
}
