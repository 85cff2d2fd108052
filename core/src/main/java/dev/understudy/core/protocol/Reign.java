// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Echoes that a candidate or an active has got for one epoch, and the lease that follows from them:
 * it ends one lease length after the sending of the beat that enough voters have echoed.
 *
 * <p>A raised epoch is beaten at once but used only when enough voters know it: before, a successor
 * could be elected below it, and what was stamped with it would look newer than what follows.
 */
final class Reign {
  private final long leaseNanos;
  private final Map<String, Long> echoedAt = new TreeMap<>();
  private final TreeSet<String> knowing = new TreeSet<>();
  private Epoch epoch = Epoch.NONE;
  private Epoch confirmed = Epoch.NONE;

  Reign(long leaseNanos) {
    this.leaseNanos = leaseNanos;
  }

  /** Starts to count for another epoch; what was echoed before counts no more. */
  void begin(Epoch next) {
    epoch = next;
    confirmed = Epoch.NONE;
    echoedAt.clear();
    knowing.clear();
  }

  /**
   * The same reign under a higher number: promises are to its holder, so what was echoed counts.
   */
  void raise(Epoch higher) {
    Invariant.holds(higher.above(epoch), "a reign is only raised", higher, epoch);
    epoch = higher;
    knowing.clear();
  }

  /** A voter has promised, on hearing the beat sent at that time of ours. Any order. */
  void echo(String voter, Epoch echoed, long sentAt, long now) {
    if (echoed.equals(epoch)) {
      Invariant.holds(sentAt <= now, "nobody echoes a beat that was not sent yet", sentAt, now);
      echoedAt.merge(voter, sentAt, Math::max);
      knowing.add(voter);
    }
  }

  /** Whose echoes can still count for the lease. */
  List<String> followers(long now) {
    return echoedAt.entrySet().stream()
        .filter(e -> e.getValue() + leaseNanos > now)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The newest epoch that this many voters know: the token of the reign. */
  Epoch confirmed(int votes) {
    if (knowing.size() >= votes) {
      confirmed = epoch;
    }
    return confirmed;
  }

  int voters() {
    return echoedAt.size();
  }

  /** End of the lease when that many voters are needed; {@link Long#MIN_VALUE} without them. */
  long leaseEnd(int votes) {
    if (echoedAt.size() < votes) {
      return Long.MIN_VALUE;
    }
    long[] times = new long[echoedAt.size()];
    int i = 0;
    for (long time : echoedAt.values()) {
      times[i++] = time;
    }
    Arrays.sort(times);
    return times[times.length - votes] + leaseNanos;
  }
}
