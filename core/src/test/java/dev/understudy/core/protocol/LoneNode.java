// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** One real node whose peers are words that a test puts into their mouths. */
final class LoneNode {
  private final String name;
  private final GroupConfig group;
  private final Timing timing;
  private final FailoverNode node;
  private final Map<String, Long> sequences = new TreeMap<>();
  private final Map<String, Row> told = new TreeMap<>();
  private long now;
  private Outcome last;

  LoneNode(String name, GroupConfig group, Timing timing) {
    this.name = name;
    this.group = group;
    this.timing = timing;
    DurableState durable = DurableState.NEW.nextStart(timing.promiseNanos());
    this.node = Nodes.node(name, timing, List.of(group), durable, 0);
    this.last = node.step(new Input.Tick(0));
  }

  void passSilence() {
    now += timing.promiseNanos();
    step(new Input.Tick(now));
  }

  /** A peer's newest row arrives, which knows of no epoch but its own. */
  void hear(String peer, Row.Stand stand, Epoch epoch, long yesTo) {
    hear(peer, stand, epoch, Epoch.NONE, Row.NO_TIME, yesTo);
  }

  /** A peer echoes this node's beat of that time. */
  void echo(String peer, Epoch epoch, long sentAt) {
    hear(peer, Row.Stand.PASSIVE, Epoch.NONE, epoch, sentAt, Row.NO_TIME);
  }

  /** Something happens now; what it wants persisted because of that is on the disk at once. */
  void take(Function<Long, Input> input) {
    step(input.apply(now));
    last.persistFirst().ifPresent(state -> step(new Input.Persisted(now, state)));
  }

  /** Lets time pass until its next beat. */
  void beat() {
    now = last.wakeAtNanos();
    step(new Input.Tick(now));
  }

  void beatUntilTold(String peer, Predicate<Row> condition) {
    for (int i = 0; i < 100 && !condition.test(told(peer)); i++) {
      beat();
    }
  }

  private void step(Input input) {
    last = node.step(input);
    last.thenSend().forEach(d -> told.put(d.receiver(), d.rows().getFirst()));
  }

  void gateShut() {
    step(new Input.GateShut(now, group.workload()));
  }

  void fail(Epoch epoch) {
    step(new Input.Failed(now, group.workload(), epoch, "exit status 1"));
  }

  /** What it told that peer last. */
  Row told(String peer) {
    Row row = told.get(peer);
    if (row == null) {
      throw new AssertionError("it told " + peer + " nothing");
    }
    return row;
  }

  boolean mayEnd() {
    return node.mayEnd();
  }

  long now() {
    return now;
  }

  private void hear(
      String peer, Row.Stand stand, Epoch epoch, Epoch echo, long echoSentAt, long yesTo) {
    Row row =
        new Row(
            group.workload(),
            stand,
            epoch,
            epoch,
            Epoch.NONE,
            GenerationId.NONE,
            "",
            echo,
            echoSentAt,
            Row.ORDINARY,
            yesTo,
            Row.ORDINARY,
            0);
    long sequence = sequences.merge(peer, 1L, Long::sum);
    Datagram datagram = new Datagram(peer, name, 1, 1, sequence, now, false, 1_000, List.of(row));
    step(new Input.Received(now, datagram));
  }

  /** Lets time pass until it asks, has these peers say yes, and tells the epoch of its request. */
  Epoch candidature(String... voters) {
    long most = now + 1_000 * MILLI;
    while (!stand().equals("asking")) {
      if (now > most) {
        throw new AssertionError("it does not ask, it is " + stand());
      }
      now = Math.max(last.wakeAtNanos(), now + MILLI / 10);
      step(new Input.Tick(now));
    }
    for (String voter : voters) {
      hear(voter, Row.Stand.PASSIVE, Epoch.NONE, now);
    }
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
