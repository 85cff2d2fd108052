// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a node knows of the others as nodes, whatever the workload. */
final class Peers {
  /** One other node. */
  static final class Peer {
    private long incarnation;
    private long newestSequence;
    private long heardAt = Long.MIN_VALUE;
    private long ceiling;
    private long ownSequence;

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

  Peer add(String name) {
    return byName.computeIfAbsent(name, _ -> new Peer());
  }

  List<String> names() {
    return List.copyOf(byName.keySet());
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
    peer.heardAt = now;
    return Freshness.NEWEST;
  }

  boolean heardSince(String name, long since) {
    return byName.containsKey(name) && peer(name).heardAt >= since;
  }

  /** Whether a majority of these members, this node included, was heard since then. */
  boolean majorityHeardSince(List<String> members, String self, long since) {
    int heard = 0;
    for (String member : members) {
      if (member.equals(self) || heardSince(member, since)) {
        heard++;
      }
    }
    return heard > members.size() / 2;
  }

  /** Whether a majority of these members has that counter within its persisted ceiling. */
  boolean majorityAllows(List<String> members, String self, long ownCeiling, long counter) {
    return allowing(members, self, ownCeiling, counter) > members.size() / 2;
  }

  /** Whether all of these members have that counter within their persisted ceilings. */
  boolean allAllow(List<String> members, String self, long ownCeiling, long counter) {
    return allowing(members, self, ownCeiling, counter) == members.size();
  }

  private int allowing(List<String> members, String self, long ownCeiling, long counter) {
    int allow = 0;
    for (String member : members) {
      long ceiling = member.equals(self) ? ownCeiling : peer(member).ceiling;
      if (ceiling >= counter) {
        allow++;
      }
    }
    return allow;
  }
}
