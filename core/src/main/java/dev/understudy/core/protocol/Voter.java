// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * What this node has promised to others in one group, and to itself.
 *
 * <p>At most one promise is in force: to vote for and to echo nobody else, older or newer, until it
 * lapses or its holder releases it. A lease counts from the holder's sending, the promise from the
 * voter's hearing, and lasts longer by the clocks' rate error; so majorities of promises never
 * overlap in time although no two clocks are compared.
 */
final class Voter {
  /** A request for a vote that waits for the promise in force to lapse. */
  private record Request(Epoch epoch, long incarnation, long sentAt, long receivedAt) {}

  /** The latest promise made to a peer: which of its beats, in the peer's own time. */
  record Echo(Epoch epoch, long sentAt, long leaseNanos) {
    static final Echo NONE = new Echo(Epoch.NONE, Row.NO_TIME, Row.ORDINARY);
  }

  private final Timing timing;
  private final long promiseNanos;
  private final Map<String, Request> waiting = new TreeMap<>();
  private final ByName<Echo> echoes = new ByName<>();
  private Epoch highest;
  private String boundTo = "";
  private long boundIncarnation;
  private Epoch boundEpoch = Epoch.NONE;
  private long boundUntil = Long.MIN_VALUE;

  Voter(Timing timing, Epoch floor) {
    this.timing = timing;
    this.promiseNanos = timing.promiseNanos();
    this.highest = floor;
  }

  /** A former life's only promise is known: to this node itself. */
  void restore(String self, long incarnation, Epoch epoch, long until) {
    highest = epoch;
    boundTo = self;
    boundIncarnation = incarnation;
    boundEpoch = epoch;
    boundUntil = until;
  }

  /**
   * This node votes again after it has lost its disk: nothing up to that epoch is granted or echoed
   * any more, but for the reign itself.
   */
  void takenBack(Epoch reign, long incarnation) {
    if (reign.above(highest)) {
      if (!boundTo.equals(reign.node())) {
        // What was promised to others before would be told as if it were meant now.
        echoes.clear();
      }
      highest = reign;
      boundTo = reign.node();
      boundIncarnation = incarnation;
      boundEpoch = reign;
    }
  }

  /** No epoch at or below it is granted or echoed, except the one that is being followed. */
  Epoch highest() {
    return highest;
  }

  /** What was last promised to that peer. */
  Echo echoTo(String peer) {
    return echoes.getOrDefault(peer, Echo.NONE);
  }

  boolean boundElsewhere(String node, long incarnation, long now) {
    return boundUntil > now && !(boundTo.equals(node) && boundIncarnation == incarnation);
  }

  boolean boundTo(String node, Epoch epoch, long now) {
    return boundUntil > now && boundTo.equals(node) && boundEpoch.equals(epoch);
  }

  /**
   * Follows the beat of an active; false when a promise, or a higher epoch, stands against it.
   *
   * @param askNanos as in {@link Row#askNanos}; a longer lease than the disk knows a promise for is
   *     answered by an ordinary promise
   */
  boolean follow(
      String node, long incarnation, Epoch epoch, long sentAt, long askNanos, Turn turn) {
    if (boundElsewhere(node, incarnation, turn.now())
        || !acceptable(node, incarnation, epoch, turn.ceiling())) {
      return false;
    }
    if (askNanos == Row.ORDINARY && boundTo.equals(node) && boundIncarnation == incarnation) {
      // Its holder has moved its gate back: it counts on no longer promise any more.
      boundUntil = Math.min(boundUntil, turn.now() + promiseNanos);
    }
    long promise = promiseFor(askNanos);
    boolean longer = promise > promiseNanos && promise <= turn.promiseNanos();
    bind(node, incarnation, epoch, sentAt, longer ? askNanos : Row.ORDINARY, turn.now());
    return true;
  }

  /** A request for this node's vote: granted now, kept until the promise lapses, or refused. */
  boolean request(String node, long incarnation, Epoch epoch, long sentAt, long ceiling, long now) {
    if (!acceptable(node, incarnation, epoch, ceiling)) {
      waiting.remove(node);
      return false;
    }
    if (boundElsewhere(node, incarnation, now)) {
      waiting.put(node, new Request(epoch, incarnation, sentAt, now));
      return false;
    }
    waiting.remove(node);
    bind(node, incarnation, epoch, sentAt, Row.ORDINARY, now);
    return true;
  }

  /** A request that has to wait although this node is free: it is a candidate that goes first. */
  void hold(String node, long incarnation, Epoch epoch, long sentAt, long ceiling, long now) {
    waiting.remove(node);
    if (acceptable(node, incarnation, epoch, ceiling)) {
      waiting.put(node, new Request(epoch, incarnation, sentAt, now));
    }
  }

  /** The candidate's state changed: its request is void. */
  void dropRequest(String node) {
    waiting.remove(node);
  }

  /**
   * The waiting candidate that would get the vote now: who comes before the others. All voters
   * order them alike, and as the candidates do, or votes would split. Requests older than a lease
   * are dropped, because their win would not count.
   */
  Optional<String> waitingCandidate(
      long now, long ceiling, BiPredicate<String, String> comesBefore) {
    if (boundUntil > now || waiting.isEmpty()) {
      return Optional.empty();
    }
    waiting
        .entrySet()
        .removeIf(e ->
            now - e.getValue().receivedAt >= timing.leaseNanos()
                || !acceptable(e.getKey(), e.getValue().incarnation, e.getValue().epoch, ceiling));
    String best = null;
    for (String candidate : waiting.keySet()) {
      if (best == null || comesBefore.test(candidate, best)) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Grants the request that waited. */
  void grantWaiting(String candidate, long now) {
    Request request = waiting.remove(candidate);
    if (request == null) {
      throw new IllegalStateException("broken: no request of " + candidate + " waits");
    }
    bind(candidate, request.incarnation, request.epoch, request.sentAt, Row.ORDINARY, now);
  }

  /** Its holder says that this epoch, and what it had before, is over: the promise is void. */
  void release(String node, long incarnation, Epoch epoch, long now) {
    if (boundTo.equals(node) && boundIncarnation == incarnation && !boundEpoch.above(epoch)) {
      unbind(now);
    }
  }

  /** The node has read its gate back as shut: nothing of starts before that one is in force. */
  void releaseBefore(String node, long incarnation, long now) {
    if (boundTo.equals(node) && boundIncarnation < incarnation) {
      unbind(now);
    }
  }

  private void unbind(long now) {
    boundUntil = Math.min(boundUntil, now);
    echoes.remove(boundTo);
  }

  /** That node can have no effect any more: no promise to it protects anything. */
  void fenced(String node, long now) {
    waiting.remove(node);
    if (boundTo.equals(node)) {
      unbind(now);
    }
  }

  /** When the promise in force lapses, if a request waits for that; otherwise never. */
  long nextLapse(long now) {
    return waiting.isEmpty() || boundUntil <= now ? Long.MAX_VALUE : boundUntil;
  }

  /** From when on the promise in force is no longer one than an ordinary one would be. */
  long ordinaryFrom() {
    return boundUntil == Long.MIN_VALUE ? boundUntil : boundUntil - promiseNanos;
  }

  /** To whom the last promise was made; empty for nobody yet. */
  String holder() {
    return boundTo;
  }

  /** End of the promise in force, in the past when there is none. */
  long boundUntil() {
    return boundUntil;
  }

  private long promiseFor(long askNanos) {
    return askNanos <= 0 ? promiseNanos : Maintenance.promiseNanos(askNanos, timing);
  }

  private boolean acceptable(String node, long incarnation, Epoch epoch, long ceiling) {
    if (epoch.counter() > ceiling) {
      return false;
    }
    boolean same = epoch.equals(highest) && boundTo.equals(node) && boundIncarnation == incarnation;
    return same || epoch.above(highest);
  }

  private void bind(
      String node, long incarnation, Epoch epoch, long sentAt, long leaseNanos, long now) {
    Invariant.holds(epoch.compareTo(highest) >= 0, "epochs never regress", epoch, highest);
    Invariant.holds(
        !boundElsewhere(node, incarnation, now), "one promise at a time", boundTo, node);
    if (!boundTo.equals(node)) {
      echoes.clear();
    }
    highest = epoch;
    boundTo = node;
    boundIncarnation = incarnation;
    boundEpoch = epoch;
    boundUntil = Math.max(boundUntil, now + promiseFor(leaseNanos));
    Echo before = echoTo(node);
    if (!before.epoch.equals(epoch) || before.sentAt < sentAt) {
      echoes.put(node, new Echo(epoch, sentAt, leaseNanos));
    }
  }
}
