// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** One real node whose peers are words that a test puts into their mouths. */
final class LoneNode {
  private final String name;
  private final GroupConfig group;
  private final Timing timing;
  private final FailoverNode node;
  private final Map<String, Long> sequences = new TreeMap<>();
  private long now;
  private Outcome last;

  LoneNode(String name, GroupConfig group, Timing timing) {
    this.name = name;
    this.group = group;
    this.timing = timing;
    DurableState durable = DurableState.NEW.nextStart(timing.promiseNanos());
    this.node = new FailoverNode(name, timing, List.of(group), durable, 0, new SplittableRandom(1));
    this.last = node.step(new Input.Tick(0));
  }

  void passSilence() {
    now += timing.promiseNanos();
    last = node.step(new Input.Tick(now));
  }

  /** A peer's newest row arrives, which knows of no epoch but its own. */
  void hear(String peer, Row.Stand stand, Epoch epoch, long yesTo) {
    Row row =
        new Row(
            group.workload(),
            stand,
            epoch,
            epoch,
            Epoch.NONE,
            GenerationId.NONE,
            "",
            Epoch.NONE,
            Row.NO_TIME,
            yesTo);
    long sequence = sequences.merge(peer, 1L, Long::sum);
    Datagram datagram = new Datagram(peer, name, 1, 1, sequence, now, true, 1_000, List.of(row));
    last = node.step(new Input.Received(now, datagram));
  }

  /** Lets time pass until it asks, has that peer say yes, and tells the epoch of its request. */
  Epoch candidature(String voter) {
    while (!stand().equals("asking")) {
      now = Math.max(last.wakeAtNanos(), now + MILLI / 10);
      last = node.step(new Input.Tick(now));
    }
    hear(voter, Row.Stand.PASSIVE, Epoch.NONE, now);
    Row row = last.thenSend().getFirst().rows().getFirst();
    if (row.stand() != Row.Stand.CANDIDATE) {
      throw new AssertionError("it does not stand: " + row);
    }
    return row.epoch();
  }

  private String stand() {
    return node.views().getFirst().state();
  }
}
