// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Echoes that a candidate or an active has got for one epoch, and the lease that follows from them:
 * it ends one lease length after the sending of the beat that enough voters have echoed.
 *
 * <p>A raised epoch is beaten at once but used only when a majority knows it: before, a successor
 * could be elected below it, and what was stamped with it would look newer than what follows.
 */
final class Reign {
  private final long leaseNanos;
  private final Times ends = new Times();
  private final Times longEnds = new Times();
  private final NavigableSet<String> knowing = new TreeSet<>();
  private Epoch epoch = Epoch.NONE;
  private Epoch confirmed = Epoch.NONE;

  Reign(long leaseNanos) {
    this.leaseNanos = leaseNanos;
  }

  /** Starts to count for another epoch; what was echoed before counts no more. */
  void begin(Epoch next) {
    epoch = next;
    confirmed = Epoch.NONE;
    ends.clear();
    longEnds.clear();
    knowing.clear();
  }

  /** Enough votes were cast for the epoch: it may be used. */
  void elected() {
    confirmed = epoch;
  }

  /**
   * The same reign under a higher number: promises are to its holder, so what was echoed counts.
   */
  void raise(Epoch higher) {
    Invariant.holds(higher.above(epoch), "a reign is only raised", higher, epoch);
    epoch = higher;
    knowing.clear();
  }

  /**
   * A voter has promised, on hearing the beat sent at that time of ours. Any order.
   *
   * @param longNanos the longer lease that this supports, or {@link Row#ORDINARY}
   */
  void echo(String voter, Epoch echoed, long sentAt, long longNanos, long now) {
    if (echoed.equals(epoch)) {
      Invariant.holds(sentAt <= now, "nobody echoes a beat that was not sent yet", sentAt, now);
      ends.merge(voter, sentAt + leaseNanos);
      if (!confirmed.equals(epoch)) {
        knowing.add(voter);
      }
      if (longNanos != Row.ORDINARY) {
        longEnds.merge(voter, sentAt + longNanos);
      }
    }
  }

  /** A longer lease is asked for: what was promised for an earlier one counts no more. */
  void askLong() {
    longEnds.clear();
  }

  /** By voter: the end of the longer lease that was asked for. */
  Times longEnds() {
    return longEnds;
  }

  /** Whose echoes can still count for the lease. */
  NavigableSet<String> followers(long now) {
    return ends.after(now);
  }

  /** The token of the reign: the newest epoch that a majority knows, or the one of its election. */
  Epoch confirmed(Electorate electorate) {
    if (!confirmed.equals(epoch) && electorate.majority(knowing)) {
      confirmed = epoch;
    }
    return confirmed;
  }

  NavigableSet<String> voters() {
    return ends.names();
  }

  /** By voter: the end of the lease as far as it depends on that one's echo. */
  Times ends() {
    return ends;
  }
}
