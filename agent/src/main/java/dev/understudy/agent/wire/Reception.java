// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.api.control.DatagramCounts;
import dev.understudy.core.protocol.Datagram;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a node lets in from the network: authentic datagrams of its own cluster, meant for it, each
 * once. Everything else is counted and dropped without an answer. For one thread.
 *
 * <p>The protocol judges by itself what is older than what it heard; nothing here makes it safe.
 */
public final class Reception {
  private static final int OTHERWISE_MOST = 256;

  private final DatagramCodec codec;
  private final String self;
  private final Map<String, SequenceWindow> windows = new TreeMap<>();
  private final Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
  private final Map<Integer, Long> otherwiseAt = new TreeMap<>();
  private long received;

  /** For the node of that name. */
  public Reception(DatagramCodec codec, String self) {
    this.codec = codec;
    this.self = self;
  }

  /**
   * The datagram between position and limit, if it is to be handed on.
   *
   * @param sender the IPv4 address that it came from, in host order
   * @param now CLOCK_BOOTTIME of its arrival, in nanoseconds
   */
  public Optional<Datagram> take(ByteBuffer from, int sender, long now) {
    received++;
    return switch (codec.decode(from)) {
      case Decoded.Dropped(var why) -> {
        if (why == Drop.CONFIGURATION) {
          noteOtherwise(sender, now);
        }
        yield drop(why);
      }
      case Decoded.Authentic(var datagram) -> {
        Optional<Drop> objection = objection(datagram);
        yield objection.isPresent() ? drop(objection.get()) : Optional.of(datagram);
      }
    };
  }

  private Optional<Drop> objection(Datagram datagram) {
    // One of its own, played back, is for another node as well.
    if (!datagram.receiver().equals(self) || datagram.sender().equals(self)) {
      return Optional.of(Drop.FOREIGN);
    }
    return windows
        .computeIfAbsent(datagram.sender(), _ -> new SequenceWindow())
        .take(datagram.senderIncarnation(), datagram.sequence());
  }

  /** Holders of the key alone get here, so there are no more of them than the cluster has nodes. */
  private void noteOtherwise(int sender, long now) {
    if (otherwiseAt.containsKey(sender) || otherwiseAt.size() < OTHERWISE_MOST) {
      otherwiseAt.put(sender, now);
    }
  }

  /** Addresses of nodes of other configurations that were heard since that time, in host order. */
  public List<Integer> configuredOtherwise(long since) {
    return otherwiseAt.entrySet().stream()
        .filter(e -> e.getValue() >= since)
        .map(Map.Entry::getKey)
        .toList();
  }

  private Optional<Datagram> drop(Drop why) {
    dropped.merge(why, 1L, Long::sum);
    return Optional.empty();
  }

  /** How many came since the start, and how many of them were dropped for which reason. */
  public DatagramCounts counts() {
    return new DatagramCounts(
        received,
        count(Drop.FORGED),
        count(Drop.MALFORMED),
        count(Drop.FOREIGN),
        count(Drop.CONFIGURATION),
        count(Drop.STALE),
        count(Drop.REPEATED));
  }

  private long count(Drop why) {
    return dropped.getOrDefault(why, 0L);
  }
}
