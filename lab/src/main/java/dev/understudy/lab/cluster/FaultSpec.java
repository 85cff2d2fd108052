// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.List;
import java.util.Optional;

/**
 * One fault, described.
 *
 * @param kind what breaks
 * @param nodes where; several break at once
 * @param peer for {@code DEAF} and {@code MUTE}: the only node that is not heard, or does not hear;
 *     empty for all
 * @param lossPercent for {@code LOSS}: how many of a hundred frames are lost in each direction
 * @param delayLeastNanos for {@code DELAY}: no frame is held for a shorter time
 * @param delayMostNanos for {@code DELAY}: no frame is held for a longer time
 * @param seed for {@code DELAY}: repeats the random times
 */
public record FaultSpec(
    FaultKind kind,
    List<String> nodes,
    Optional<String> peer,
    int lossPercent,
    long delayLeastNanos,
    long delayMostNanos,
    long seed) {
  public static final int LOSS_PERCENT_USUAL = 20;
  public static final long DELAY_NANOS_MOST = 5_000_000_000L;
  private static final long DELAY_LEAST_USUAL_NANOS = 0;
  private static final long DELAY_MOST_USUAL_NANOS = 10_000_000L;

  public FaultSpec {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty() || nodes.stream().distinct().count() != nodes.size()) {
      throw new IllegalArgumentException("a fault strikes one or more different nodes: " + nodes);
    }
    if (lossPercent < 1 || lossPercent > 100) {
      throw new IllegalArgumentException("no loss is " + lossPercent + " percent");
    }
    if (delayLeastNanos < 0
        || delayLeastNanos > delayMostNanos
        || delayMostNanos > DELAY_NANOS_MOST) {
      throw new IllegalArgumentException(
          "no delay is from " + delayLeastNanos + " to " + delayMostNanos + " ns");
    }
    if (peer.isPresent() && nodes.contains(peer.get())) {
      throw new IllegalArgumentException("node " + peer.get() + " is no peer of itself");
    }
  }

  /** A fault with the usual numbers. */
  public static FaultSpec of(FaultKind kind, String... nodes) {
    return of(kind, List.of(nodes));
  }

  /** A fault with the usual numbers. */
  public static FaultSpec of(FaultKind kind, List<String> nodes) {
    return new FaultSpec(
        kind,
        nodes,
        Optional.empty(),
        LOSS_PERCENT_USUAL,
        DELAY_LEAST_USUAL_NANOS,
        DELAY_MOST_USUAL_NANOS,
        0);
  }

  /** The same towards one other node only. */
  public FaultSpec towards(String onlyPeer) {
    return new FaultSpec(
        kind, nodes, Optional.of(onlyPeer), lossPercent, delayLeastNanos, delayMostNanos, seed);
  }

  /** The same with another loss. */
  public FaultSpec loss(int percent) {
    return new FaultSpec(kind, nodes, peer, percent, delayLeastNanos, delayMostNanos, seed);
  }

  /** The same with another delay. */
  public FaultSpec delay(long leastNanos, long mostNanos, long randomSeed) {
    return new FaultSpec(kind, nodes, peer, lossPercent, leastNanos, mostNanos, randomSeed);
  }

  /** For people: what, where, how much. */
  public String text() {
    String where = kind.text() + " " + String.join(" ", nodes);
    return switch (kind) {
      case LOSS -> where + " " + lossPercent + " %";
      case DELAY -> where + " " + delayLeastNanos / 1000 + "-" + delayMostNanos / 1000 + " us";
      case DEAF, MUTE -> where + peer.map(p -> " towards " + p).orElse("");
      default -> where;
    };
  }
}
