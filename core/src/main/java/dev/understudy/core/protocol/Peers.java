// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a node knows of the others as nodes, whatever the workload. */
final class Peers {
  /** One other node. */
  static final class Peer {
    private final String name;
    private final List<Group> shared = new ArrayList<>();
    private long incarnation;
    private long newestSequence;
    private long heardAt = Long.MIN_VALUE;
    private long presentSince = Long.MAX_VALUE;
    private long ceiling;
    private long ownSequence;

    Peer(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    /** The groups that both nodes belong to, in the order of their workloads. */
    List<Group> shared() {
      return shared;
    }

    boolean heardSince(long since) {
      return heardAt >= since;
    }

    /** From when on it counts as not heard for so long, unless it is heard again. */
    long silentAt(long nanos) {
      return heardAt == Long.MIN_VALUE ? Long.MIN_VALUE : heardAt + nanos + 1;
    }

    long incarnation() {
      return incarnation;
    }

    long ceiling() {
      return ceiling;
    }

    long nextSequence() {
      return ++ownSequence;
    }
  }

  private final Map<String, Peer> byName = new TreeMap<>();
  private final long absenceNanos;

  /** Who is silent for longer than that was away. */
  Peers(long absenceNanos) {
    this.absenceNanos = absenceNanos;
  }

  Peer add(String name) {
    return byName.computeIfAbsent(name, Peer::new);
  }

  /** All of them, in the order of their names. */
  Collection<Peer> all() {
    return byName.values();
  }

  List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /** The peer of that name, if it is one. */
  Optional<Peer> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Peer peer(String name) {
    Peer peer = byName.get(name);
    if (peer == null) {
      throw new IllegalStateException("broken: not a neighbour: " + name + " of " + byName);
    }
    return peer;
  }

  boolean knows(String name) {
    return byName.containsKey(name);
  }

  /** How the datagram relates to what was heard before; null when it must be dropped. */
  enum Freshness {
    STALE,
    OVERTAKEN,
    NEWEST
  }

  Freshness hear(Datagram datagram, long now) {
    Peer peer = peer(datagram.sender());
    if (datagram.senderIncarnation() < peer.incarnation) {
      return Freshness.STALE;
    }
    if (datagram.senderIncarnation() > peer.incarnation) {
      peer.incarnation = datagram.senderIncarnation();
      peer.newestSequence = 0;
    }
    peer.ceiling = Math.max(peer.ceiling, datagram.ceiling());
    if (datagram.sequence() <= peer.newestSequence) {
      return Freshness.OVERTAKEN;
    }
    peer.newestSequence = datagram.sequence();
    if (peer.heardAt == Long.MIN_VALUE || now - peer.heardAt > absenceNanos) {
      peer.presentSince = now;
    }
    peer.heardAt = now;
    return Freshness.NEWEST;
  }

  boolean heardSince(String name, long since) {
    Peer peer = byName.get(name);
    return peer != null && peer.heardSince(since);
  }

  /** When that one was first heard, or again after it was away; never while it is. */
  long presentSince(String name, long now) {
    Peer peer = byName.get(name);
    if (peer == null || !peer.heardSince(now - absenceNanos)) {
      return Long.MAX_VALUE;
    }
    return peer.presentSince;
  }

  /** Those of these members that have that counter within their persisted ceilings. */
  List<String> allowing(List<String> members, String self, long ownCeiling, long counter) {
    return members.stream()
        .filter(m -> (m.equals(self) ? ownCeiling : peer(m).ceiling) >= counter)
        .toList();
  }
}
