// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.timing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The times of the failover protocol, in nanoseconds on a clock that goes on in suspend.
 *
 * @param profile the name under which these times are known, for people
 * @param beatNanos period of the active's heartbeats
 * @param leaseNanos how long an echoed heartbeat entitles the active to act, from its sending
 * @param windowNanos silence after which a standby suspects the active
 * @param staggerNanos how much later each further rank asks for votes
 * @param latenessNanos lateness of an agent's own timers that is tolerated
 * @param roundTripNanos assumed upper bound of a datagram and its answer
 * @param driftPpm bound of each clock's rate error, in parts per million
 */
public record Timing(
    String profile,
    long beatNanos,
    long leaseNanos,
    long windowNanos,
    long staggerNanos,
    long latenessNanos,
    long roundTripNanos,
    long driftPpm) {

  private static final long MILLI = 1_000_000L;
  private static final long LATE_MARGIN_LEAST = 2 * MILLI;

  /** For ordinary clusters: about 30 ms from the crash to the open gate. */
  public static final Timing STANDARD = ofMillis("standard", 5, 30, 20, 6, 3, 1);

  /** For quiet machines and short links. */
  public static final Timing FAST = ofMillis("fast", 3, 20, 12, 5, 3, 1);

  /** For loaded machines: ten times fewer datagrams. */
  public static final Timing RELAXED = ofMillis("relaxed", 50, 400, 250, 20, 14, 6);

  /** For links between places. */
  public static final Timing WIDE = ofMillis("wide", 250, 2_000, 1_250, 100, 60, 40);

  /** Every named profile; the default comes first. */
  public static final List<Timing> PROFILES = List.of(STANDARD, FAST, RELAXED, WIDE);

  private static Timing ofMillis(
      String profile, long beat, long lease, long window, long stagger, long late, long trip) {
    return new Timing(
        profile,
        beat * MILLI,
        lease * MILLI,
        window * MILLI,
        stagger * MILLI,
        late * MILLI,
        trip * MILLI,
        500);
  }

  /** The profile of that name, if there is one. */
  public static Optional<Timing> named(String profile) {
    return PROFILES.stream().filter(t -> t.profile.equals(profile)).findFirst();
  }

  /**
   * How long a voter that echoed a beat is bound, from the beat's arrival: the lease stretched by
   * the largest difference of two clock rates, rounded up so that promises outlive leases.
   */
  public long promiseNanos() {
    return promiseNanos(leaseNanos);
  }

  /** The same for a lease of another length, in nanoseconds. */
  public long promiseNanos(long lease) {
    long million = 1_000_000L;
    return Math.ceilDiv(lease * (million + driftPpm), million - driftPpm);
  }

  /**
   * Own timers later than this make a node distrust itself before it accuses a peer. It lies so far
   * above the tolerated lateness that a node whose timers are often late by a little more does not
   * spend its time in distrust of itself, and then stands up for nobody that is really gone.
   */
  public long lateThresholdNanos() {
    return latenessNanos + Math.max(latenessNanos / 2, LATE_MARGIN_LEAST);
  }

  /**
   * How much earlier than the end of its lease the active's gate closes: a frame that passed the
   * gate may still wait in the queues of the devices below.
   */
  public long gateMarginNanos() {
    return Math.max(MILLI, leaseNanos / 30);
  }

  /** Longest time from a crash to the new active's open gate when no datagram is lost. */
  public long worstElectionNanos() {
    return promiseNanos() + 2 * roundTripNanos + latenessNanos;
  }

  /**
   * The shortest fault tolerant time interval that the election alone fits into with a fifth of it
   * to spare. Necessary, not sufficient: detection by other means, wake-up and the address's move
   * come on top.
   */
  public long leastFttiNanos() {
    return Math.ceilDiv(5 * worstElectionNanos(), 4);
  }

  /**
   * What makes these times unsafe or useless, each as one sentence with the values; empty when they
   * hold.
   */
  public List<String> violations() {
    List<String> found = new ArrayList<>();
    if (beatNanos <= 0 || leaseNanos <= 0 || windowNanos <= 0 || staggerNanos <= 0) {
      found.add("beat, lease, window and stagger must all be above zero");
      return found;
    }
    if (latenessNanos < 0 || roundTripNanos < 0 || driftPpm < 0 || driftPpm >= 100_000) {
      found.add("lateness and round trip must not be negative, drift must lie in 0..99999 ppm");
      return found;
    }
    long beatMost = (leaseNanos - latenessNanos - roundTripNanos) / 5;
    if (beatNanos > beatMost) {
      found.add(
          "beat "
              + ms(beatNanos)
              + " is too long for lease "
              + ms(leaseNanos)
              + ": at most (lease - lateness - round trip)/5 = "
              + ms(beatMost));
    }
    long windowLeast = 2 * beatNanos + latenessNanos;
    if (windowNanos < windowLeast) {
      found.add(
          "window "
              + ms(windowNanos)
              + " is too short: at least 2 beats + lateness = "
              + ms(windowLeast));
    }
    long ask = windowNanos + 2 * roundTripNanos + latenessNanos;
    if (ask > leaseNanos - beatNanos) {
      found.add(
          "window "
              + ms(windowNanos)
              + " is too long: window + 2 round trips + lateness = "
              + ms(ask)
              + " must not exceed lease - beat = "
              + ms(leaseNanos - beatNanos));
    }
    long staggerLeast = latenessNanos + roundTripNanos;
    if (staggerNanos < staggerLeast) {
      found.add(
          "stagger "
              + ms(staggerNanos)
              + " is too short: at least lateness + round trip = "
              + ms(staggerLeast));
    }
    return found;
  }

  private static String ms(long nanos) {
    return nanos % MILLI == 0 ? nanos / MILLI + " ms" : nanos / 1e6 + " ms";
  }
}
