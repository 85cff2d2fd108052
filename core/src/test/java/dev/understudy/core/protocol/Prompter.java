// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One real node, named a, whose peers say what a test tells them to. Time passes only by {@link
 * #pass} and {@link #passUntil}, in which the node gets a tick whenever it asked for one.
 */
final class Prompter {
  static final Timing TIMING = Timing.STANDARD;

  final List<Command> commands = new ArrayList<>();
  final List<Verdict> verdicts = new ArrayList<>();
  final List<DurableState> persisted = new ArrayList<>();
  final List<Datagram> sent = new ArrayList<>();

  /** What each peer says to have persisted; one block unless a test tells otherwise. */
  final Map<String, Long> ceilings = new TreeMap<>();

  private final List<Datagram> heard = new ArrayList<>();
  private final FailoverNode node;
  private final Map<String, Long> sequences = new TreeMap<>();
  private final long incarnation;
  private long now;
  private Outcome last;

  Prompter(GroupConfig group, DurableState durable, long startedAt) {
    this.incarnation = durable.incarnation();
    this.now = startedAt;
    this.node = Nodes.node("a", TIMING, List.of(group), durable, startedAt);
    this.last = step(new Input.Tick(startedAt));
  }

  /** A node that never ran before, in a group with these others, after its restart silence. */
  static Prompter ready(boolean mirrored, String... others) {
    Prompter a = fresh(mirrored, others);
    a.pass(TIMING.promiseNanos());
    if (mirrored) {
      // Or it would begin to wait for others' state when it first hears enough of them.
      List.of(others).forEach(o -> a.says(o, Words.passive()));
    }
    return a;
  }

  static Prompter fresh(boolean mirrored, String... others) {
    return new Prompter(
        group(mirrored, others), DurableState.NEW.nextStart(TIMING.promiseNanos()), 0);
  }

  static GroupConfig group(boolean mirrored, String... others) {
    List<String> members = new ArrayList<>(List.of("a"));
    members.addAll(List.of(others));
    return new GroupConfig(
        VirtualCluster.WORKLOAD,
        members,
        members,
        GroupConfig.Quorum.MAJORITY,
        mirrored,
        200 * VirtualCluster.MILLI);
  }

  long now() {
    return now;
  }

  Outcome step(Input input) {
    Outcome outcome = node.step(input);
    outcome.persistFirst().ifPresent(persisted::add);
    sent.addAll(outcome.thenSend());
    commands.addAll(outcome.thenRun());
    verdicts.addAll(outcome.verdicts());
    last = outcome;
    return outcome;
  }

  /** Lets so much time pass. */
  void pass(long nanos) {
    long end = now + nanos;
    while (now < end) {
      now = Math.max(now, Math.min(end, last.wakeAtNanos()));
      step(new Input.Tick(now));
    }
  }

  /** Lets time pass until the node is in that state. */
  void passUntil(String state) {
    long most = now + 100_000 * VirtualCluster.MILLI;
    while (!state().equals(state)) {
      if (now >= most) {
        throw new AssertionError("it is " + state() + " and not " + state + " after 100 s");
      }
      now = Math.max(now, last.wakeAtNanos());
      step(new Input.Tick(now));
    }
  }

  /** Nothing runs here for so long; the next thing said is heard late. */
  void standStill(long nanos) {
    now += nanos;
  }

  /** The peer's next answer arrives, sent at a time of its own that means nothing here. */
  Outcome says(String peer, Words words) {
    return says(peer, words, 1, incarnation);
  }

  Outcome says(String peer, Words words, long peerIncarnation, long ofIncarnation) {
    return says(datagram(peer, words, peerIncarnation, ofIncarnation, true));
  }

  /** The same as a beat, which wants an answer. */
  Outcome beats(String peer, Words words) {
    return says(datagram(peer, words, 1, incarnation, false));
  }

  private Datagram datagram(
      String peer, Words words, long peerIncarnation, long ofIncarnation, boolean answer) {
    long sequence = sequences.merge(peer, 1L, Long::sum);
    return new Datagram(
        peer,
        "a",
        peerIncarnation,
        ofIncarnation,
        sequence,
        sequence * 7,
        answer,
        ceilings.getOrDefault(peer, DurableState.BLOCK),
        List.of(words.row()));
  }

  Outcome says(Datagram datagram) {
    heard.add(datagram);
    return step(new Input.Received(now, datagram));
  }

  /** How long until the node wants its next tick. */
  long untilWake() {
    return last.wakeAtNanos() - now;
  }

  /** What the node last heard from that peer. */
  Datagram lastHeardFrom(String peer) {
    return heard.stream()
        .filter(d -> d.sender().equals(peer))
        .reduce((_, newer) -> newer)
        .orElseThrow();
  }

  /** What the node last said to that peer. */
  Datagram lastTo(String peer) {
    return sent.stream()
        .filter(d -> d.receiver().equals(peer))
        .reduce((_, newer) -> newer)
        .orElseThrow();
  }

  Row rowTo(String peer) {
    return lastTo(peer).rows().getFirst();
  }

  GroupView view() {
    return node.views().getFirst();
  }

  String state() {
    return view().state();
  }

  /** Waits for its question, has these peers say yes, and tells the epoch of its request. */
  Epoch candidature(String... willing) {
    passUntil("asking");
    for (String peer : willing) {
      says(peer, Words.passive().yes(now));
    }
    return rowTo(willing[0]).epoch();
  }

  /** Has it elected by these peers, and tells in which epoch. */
  Epoch reign(String... voters) {
    Epoch epoch = candidature(voters);
    echoes(voters);
    if (!state().equals("active")) {
      throw new AssertionError("it is " + state() + " with the votes of " + List.of(voters));
    }
    return epoch;
  }

  /** These peers echo what was said to them last. */
  void echoes(String... voters) {
    for (String peer : voters) {
      Datagram beat = lastTo(peer);
      says(peer, Words.passive().echoes(beat.rows().getFirst().epoch(), beat.sentAt()));
    }
  }

  long count(Class<? extends Command> kind) {
    return commands.stream().filter(kind::isInstance).count();
  }
}
