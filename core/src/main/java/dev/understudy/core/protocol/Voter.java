// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

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
  record Echo(Epoch epoch, long sentAt) {
    static final Echo NONE = new Echo(Epoch.NONE, Row.NO_TIME);
  }

  private final long promiseNanos;
  private final long requestLifeNanos;
  private final Map<String, Request> waiting = new TreeMap<>();
  private final Map<String, Echo> echoes = new TreeMap<>();
  private Epoch highest;
  private String boundTo = "";
  private long boundIncarnation;
  private Epoch boundEpoch = Epoch.NONE;
  private long boundUntil = Long.MIN_VALUE;

  Voter(long promiseNanos, long requestLifeNanos, Epoch floor) {
    this.promiseNanos = promiseNanos;
    this.requestLifeNanos = requestLifeNanos;
    this.highest = floor;
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

  /** Follows the beat of an active; false when a promise, or a higher epoch, stands against it. */
  boolean follow(String node, long incarnation, Epoch epoch, long sentAt, long ceiling, long now) {
    if (boundElsewhere(node, incarnation, now) || !acceptable(node, incarnation, epoch, ceiling)) {
      return false;
    }
    bind(node, incarnation, epoch, sentAt, now);
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
    bind(node, incarnation, epoch, sentAt, now);
    return true;
  }

  /** The candidate's state changed: its request is void. */
  void dropRequest(String node) {
    waiting.remove(node);
  }

  /**
   * The waiting candidate that would get the vote now: with the newest state to offer, then the
   * higher epoch. Requests older than a lease are dropped, because their win would not count.
   */
  Optional<String> waitingCandidate(long now, long ceiling, Function<String, GenerationId> offers) {
    if (boundUntil > now) {
      return Optional.empty();
    }
    waiting
        .entrySet()
        .removeIf(e ->
            now - e.getValue().receivedAt >= requestLifeNanos
                || !acceptable(e.getKey(), e.getValue().incarnation, e.getValue().epoch, ceiling));
    String best = null;
    for (String candidate : waiting.keySet()) {
      if (best == null || prefers(candidate, best, offers)) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private boolean prefers(String one, String other, Function<String, GenerationId> offers) {
    int byOffer = offers.apply(one).compareTo(offers.apply(other));
    if (byOffer != 0) {
      return byOffer > 0;
    }
    Request first = waiting.get(one);
    Request second = waiting.get(other);
    return first != null && second != null && first.epoch.above(second.epoch);
  }

  /** Grants the request that waited. */
  void grantWaiting(String candidate, long now) {
    Request request = waiting.remove(candidate);
    if (request == null) {
      throw new IllegalStateException("broken: no request of " + candidate + " waits");
    }
    bind(candidate, request.incarnation, request.epoch, request.sentAt, now);
  }

  /** Its holder says that this epoch is over: the promise to it is void. */
  void release(String node, long incarnation, Epoch epoch, long now) {
    if (boundTo.equals(node) && boundIncarnation == incarnation && boundEpoch.equals(epoch)) {
      boundUntil = Math.min(boundUntil, now);
      echoes.remove(node);
    }
  }

  /** That node can have no effect any more: no promise to it protects anything. */
  void fenced(String node, long now) {
    waiting.remove(node);
    if (boundTo.equals(node)) {
      release(node, boundIncarnation, boundEpoch, now);
    }
  }

  /** When the promise in force lapses, if a request waits for that; otherwise never. */
  long nextLapse(long now) {
    return waiting.isEmpty() || boundUntil <= now ? Long.MAX_VALUE : boundUntil;
  }

  /** End of the promise in force, in the past when there is none. */
  long boundUntil() {
    return boundUntil;
  }

  private boolean acceptable(String node, long incarnation, Epoch epoch, long ceiling) {
    if (epoch.counter() > ceiling) {
      return false;
    }
    boolean same = epoch.equals(highest) && boundTo.equals(node) && boundIncarnation == incarnation;
    return same || epoch.above(highest);
  }

  private void bind(String node, long incarnation, Epoch epoch, long sentAt, long now) {
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
    boundUntil = Math.max(boundUntil, now + promiseNanos);
    Echo before = echoTo(node);
    if (!before.epoch.equals(epoch) || before.sentAt < sentAt) {
      echoes.put(node, new Echo(epoch, sentAt));
    }
  }
}
