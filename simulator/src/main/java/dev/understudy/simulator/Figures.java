// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.timing.Timing;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How long a failover takes, and how often a healthy active loses its lease, with the protocol
 * alone: one-way links of 0.1 to 1 ms, one frame in a hundred lost, timers late by chance.
 */
public final class Figures {
  private static final long MICRO = 1_000L;
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int LOSS_PPM = 10_000;
  private static final String WORKLOAD = "w1";
  private static final List<String> NODES = List.of("a", "b", "c");

  private Figures() {}

  /**
   * From the crash of the active to the open gate of the next one.
   *
   * @param profile of the times
   * @param lateNanos by how much timers came late at most
   * @param crashes how many
   * @param p50Nanos half of them took no longer
   * @param p99Nanos all but one in a hundred
   * @param mostNanos the longest
   */
  public record Failovers(
      String profile, long lateNanos, int crashes, long p50Nanos, long p99Nanos, long mostNanos) {}

  /** Crashes the active again and again. */
  public static Failovers failovers(Timing timing, long seed, int crashes, long lateNanos) {
    World world = noisy(timing, seed, lateNanos);
    Chance chance = Chance.of(seed, -3);
    long[] took = new long[crashes];
    for (int i = 0; i < crashes; i++) {
      settle(world, chance);
      String active = world.openGates(WORKLOAD).getFirst();
      Fault crash = new Fault.Crash(world.now(), Fault.FOREVER, active);
      long crashedAt = world.now();
      world.strike(crash);
      wait(world, () -> isOpenElsewhere(world, active), "an open gate after a crash");
      took[i] = world.now() - crashedAt;
      world.end(crash);
    }
    Arrays.sort(took);
    return new Failovers(
        timing.profile(),
        lateNanos,
        crashes,
        took[crashes / 2],
        took[Math.min(crashes - 1, crashes * 99 / 100)],
        took[crashes - 1]);
  }

  /** How often the active lost its lease in so many hours in which nothing but that noise was. */
  public static long lapses(Timing timing, long seed, int hours, long lateNanos) {
    World world = noisy(timing, seed, lateNanos);
    world.runUntil(hours * 3_600L * SECOND);
    world.violation().ifPresent(Figures::fail);
    return world.lapses();
  }

  private static World noisy(Timing timing, long seed, long lateNanos) {
    Pace pace = Pace.USUAL.withLinks(100 * MICRO, 1_000 * MICRO, lateNanos);
    Setup setup = Setup.of(timing, WORKLOAD, NODES).withPace(pace);
    World world = new World(setup, seed, Model.REAL, Trace.NONE);
    world.strike(
        new Fault.Noise(
            0,
            Fault.FOREVER,
            "",
            "",
            LOSS_PPM,
            0,
            0,
            0,
            pace.linkLeastNanos(),
            pace.linkMostNanos()));
    return world.start();
  }

  /** All three run, the active is protected, and it has been so for a while, at any phase. */
  private static void settle(World world, Chance chance) {
    wait(world, () -> isProtected(world), "a protected active");
    world.runUntil(world.now() + 300 * MILLI + chance.below(SECOND));
    wait(world, () -> isProtected(world), "a protected active");
  }

  private static boolean isProtected(World world) {
    if (world.openGates(WORKLOAD).size() != 1) {
      return false;
    }
    for (VirtualNode node : world.nodes()) {
      if (!node.agentRuns()) {
        return false;
      }
    }
    for (GroupView view : world.node(world.openGates(WORKLOAD).getFirst()).views()) {
      if (view.protectedBy().equals(GenerationId.NONE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOpenElsewhere(World world, String crashed) {
    List<String> open = world.openGates(WORKLOAD);
    return !open.isEmpty() && !open.contains(crashed);
  }

  private static void wait(World world, BooleanSupplier condition, String forWhat) {
    if (!world.runUntil(condition, 60 * SECOND)) {
      world.violation().ifPresent(Figures::fail);
      throw new IllegalStateException("no " + forWhat + " within a minute");
    }
  }

  private static void fail(Violation violation) {
    throw new IllegalStateException("broken while measuring: " + violation);
  }
}
