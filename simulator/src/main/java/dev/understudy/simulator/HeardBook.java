// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.GroupConfig;
import java.util.Arrays;

/** When each node last took up a datagram of each other one that was newer than all before. */
final class HeardBook {
  private static final long NEVER = Long.MIN_VALUE;

  /** What one node heard of another one. */
  private static final class Peer {
    long incarnation;
    long sequence;
    long heardAt = NEVER;

    /** When, by its own clock, the node first heard the other one since that was fenced. */
    long firstAt = NEVER;

    /** Whether the other one has heard since what the node wrote after that. */
    boolean met;
  }

  private final World world;
  private final int size;
  private final Peer[] peers;

  HeardBook(World world) {
    this.world = world;
    size = world.setup().nodes().size();
    peers = new Peer[size * size];
    Arrays.setAll(peers, _ -> new Peer());
  }

  void agentStarted(VirtualNode node) {
    for (int peer = 0; peer < size; peer++) {
      peers[node.index() * size + peer] = new Peer();
    }
  }

  /** Takes a delivery down; whether it is newer than everything before from that sender. */
  boolean delivered(VirtualNode node, int from, Datagram datagram) {
    Peer peer = peers[node.index() * size + from];
    boolean newer =
        datagram.senderIncarnation() > peer.incarnation
            || (datagram.senderIncarnation() == peer.incarnation
                && datagram.sequence() > peer.sequence);
    if (newer) {
      peer.incarnation = datagram.senderIncarnation();
      peer.sequence = datagram.sequence();
      peer.heardAt = world.now();
      peer.firstAt = peer.firstAt == NEVER ? node.local() : peer.firstAt;
      Peer back = peers[from * size + node.index()];
      VirtualNode sender = world.nodes().get(from);
      boolean present = datagram.senderIncarnation() == sender.disk().state().incarnation();
      back.met |= present && back.firstAt != NEVER && datagram.sentAt() > back.firstAt;
    }
    return newer;
  }

  /** Somebody vouches that this node has no effect; whom it meets from now on counts. */
  void fenced(int node) {
    for (int by = 0; by < size; by++) {
      peers[by * size + node].firstAt = NEVER;
      peers[by * size + node].met = false;
    }
  }

  /** Whether that node has heard the one that was fenced, and been heard by it afterwards. */
  boolean haveMet(int fenced, int node) {
    return peers[node * size + fenced].met;
  }

  /** For how long that node has heard nothing of the other; the longest time for never. */
  long silence(VirtualNode node, int other) {
    long heardAt = peers[node.index() * size + other].heardAt;
    return heardAt == NEVER ? Long.MAX_VALUE : world.now() - heardAt;
  }

  /** Whether that node has heard no other member for so long. */
  boolean hearsNobody(VirtualNode node, GroupConfig group, long nanos) {
    for (String member : group.members()) {
      int other = world.index(member);
      if (other != node.index() && silence(node, other) < nanos) {
        return false;
      }
    }
    return true;
  }
}
