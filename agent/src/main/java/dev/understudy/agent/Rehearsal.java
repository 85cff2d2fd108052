// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.wire.ClusterKey;
import dev.understudy.agent.wire.Configuration;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.agent.wire.Reception;
import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.Verdict;
import dev.understudy.core.timing.Timing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Plays failovers of an imaginary cluster at the agent's start, on a virtual clock and without any
 * effect, so that the first real one does not pay for loading, linking and compiling the code that
 * it runs: on a cold virtual machine that is several milliseconds between the decision and the
 * signal.
 */
final class Rehearsal {
  private static final String WORKLOAD = "rehearsal";
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final long HOP_NANOS = 200_000;
  private static final long MILLI = 1_000_000L;
  private static final int ROUNDS = 12;
  private static final int PROTECTED_MILLIS = 900;
  private static final int FAILOVER_MILLIS = 200;

  private final DatagramCodec codec;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST);
  private final Map<String, FailoverNode> nodes = new TreeMap<>();
  private final Map<String, Reception> receptions = new TreeMap<>();
  private final Map<String, DecisionHistory> histories = new TreeMap<>();
  private final Map<String, Long> wakeAt = new TreeMap<>();
  private final List<Flight> flights = new ArrayList<>();
  private long now = MILLI;
  private int woken;
  private int said;

  /** Something under way to a node. */
  private record Flight(long at, String to, Input input) {}

  private Rehearsal(DatagramCodec codec) {
    this.codec = codec;
  }

  /** The codec that a rehearsal speaks: the same code, other names. */
  static DatagramCodec codec(ClusterKey key) {
    return new DatagramCodec(key, NAMES, List.of(WORKLOAD), new Configuration(WORKLOAD));
  }

  /**
   * Plays, with the standard times whatever the cluster's are: the code is the same, and with long
   * ones it would have to be run through far more often before anything fails over.
   *
   * @return in how many rounds a held copy was woken, which has to be all of them
   */
  static int play(DatagramCodec codec) {
    int woken = 0;
    for (int round = 0; round < ROUNDS; round++) {
      woken += new Rehearsal(codec).failover(round);
    }
    return woken;
  }

  static int rounds() {
    return ROUNDS;
  }

  private int failover(int seed) {
    GroupConfig group =
        new GroupConfig(WORKLOAD, NAMES, NAMES, GroupConfig.Quorum.MAJORITY, true, 100 * MILLI);
    SplittableRandom random = new SplittableRandom(seed);
    for (String name : NAMES) {
      DurableState durable = DurableState.NEW.nextStart(Timing.STANDARD.promiseNanos());
      FailoverNode node =
          new FailoverNode(
              name,
              Timing.STANDARD,
              List.of(group),
              durable,
              now,
              FailoverNode.TAKEOVERS_USUAL,
              random.split());
      nodes.put(name, node);
      histories.put(name, new DecisionHistory(node::explain));
      receptions.put(name, new Reception(codec, name));
      wakeAt.put(name, now);
    }
    advance(PROTECTED_MILLIS);
    nodes.remove("a");
    advance(FAILOVER_MILLIS);
    return woken > 0 && said > 0 ? 1 : 0;
  }

  private void advance(long millis) {
    long end = now + millis * MILLI;
    while (now < end) {
      now += HOP_NANOS;
      List<Flight> due = flights.stream().filter(f -> f.at <= now).toList();
      flights.removeAll(due);
      due.forEach(f -> step(f.to, restamp(f.input)));
      for (String name : List.copyOf(nodes.keySet())) {
        if (wakeAt.getOrDefault(name, 0L) <= now) {
          step(name, new Input.Tick(now));
        }
      }
    }
  }

  private Input restamp(Input input) {
    return input instanceof Input.Received(_, var datagram)
        ? new Input.Received(now, datagram)
        : input;
  }

  private void step(String name, Input input) {
    FailoverNode node = nodes.get(name);
    DecisionHistory history = histories.get(name);
    if (node == null || history == null) {
      return;
    }
    Outcome outcome = node.step(input);
    wakeAt.put(name, outcome.wakeAtNanos());
    outcome.persistFirst().ifPresent(s -> fly(name, new Input.Persisted(now + HOP_NANOS, s)));
    outcome.thenSend().forEach(this::send);
    outcome.thenRun().forEach(command -> run(name, command));
    history.hear(input);
    for (Verdict verdict : outcome.verdicts()) {
      EventDetails event = EventDetails.of(verdict);
      said += event.details().size();
      history.decide(verdict, event.kind(), now);
    }
  }

  private void send(Datagram datagram) {
    codec.encode(datagram, bytes);
    Reception reception = receptions.get(datagram.receiver());
    if (reception != null) {
      reception.take(bytes, 0, now).ifPresent(d -> fly(d.receiver(), new Input.Received(now, d)));
    }
  }

  private void fly(String to, Input input) {
    flights.add(new Flight(now + HOP_NANOS, to, input));
  }

  private void run(String name, Command command) {
    long then = now + HOP_NANOS;
    switch (command) {
      case Command.Start(_, var epoch) -> running(name, epoch, then);
      case Command.Wake(_, var epoch, var generation) -> {
        woken += generation.equals(GenerationId.NONE) ? 0 : 1;
        running(name, epoch, then);
      }
      case Command.Checkpoint(_, var id, var standby) -> {
        fly(standby, new Input.CopyHeld(then, WORKLOAD, id));
        fly(name, new Input.CheckpointDone(then, WORKLOAD, id, MILLI));
      }
      case Command.ShutGate _ -> fly(name, new Input.GateShut(then, WORKLOAD));
      case Command.OpenGate _, Command.Announce _, Command.Freeze _ -> {}
      case Command.Discard _, Command.KeepAside _, Command.NarrowGate _, Command.Abandon _ -> {}
    }
  }

  private void running(String name, Epoch epoch, long at) {
    fly(name, new Input.Running(at, WORKLOAD, epoch));
  }
}
