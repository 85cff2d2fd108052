// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/**
 * How long things take when nothing is wrong. Each time is drawn between half of it and all of it.
 *
 * @param linkLeastNanos the shortest way of a frame
 * @param linkMostNanos the longest
 * @param timerLateNanos by how much an agent's timers come late at most
 * @param bootNanos from power to the start of the agent
 * @param diskNanos a write that is forced
 * @param captureNanos of a checkpoint
 * @param shipNanos of a generation
 * @param holdNanos from its arrival to its copy
 * @param startNanos of a program without state
 */
public record Pace(
    long linkLeastNanos,
    long linkMostNanos,
    long timerLateNanos,
    long bootNanos,
    long diskNanos,
    long captureNanos,
    long shipNanos,
    long holdNanos,
    long startNanos) {
  private static final long MILLI = 1_000_000L;

  /** A small program on a quick network. */
  public static final Pace USUAL =
      new Pace(
          50_000,
          250_000,
          100_000,
          50 * MILLI,
          5 * MILLI,
          10 * MILLI,
          10 * MILLI,
          40 * MILLI,
          150 * MILLI);

  /** The same with other links and timers. */
  public Pace withLinks(long leastNanos, long mostNanos, long lateNanos) {
    return new Pace(
        leastNanos,
        mostNanos,
        lateNanos,
        bootNanos,
        diskNanos,
        captureNanos,
        shipNanos,
        holdNanos,
        startNanos);
  }
}
