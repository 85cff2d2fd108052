// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import dev.understudy.lab.cluster.FaultKind;
import dev.understudy.lab.cluster.FaultSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Which faults strike whom, in which order and for how long: all of it follows from the seed. Who
 * is active when a step comes is the cluster's business, so steps name roles.
 *
 * @param steps in order
 */
record ChaosPlan(List<Step> steps) {
  private static final long MILLI_NANOS = 1_000_000L;
  private static final int LOSS_MOST_PERCENT = 40;
  private static final long DELAY_MOST_NANOS = 15 * MILLI_NANOS;
  private static final long PAUSE_MOST_NANOS = 500 * MILLI_NANOS;

  /** What a node is for the workload when a step comes. */
  enum Role {
    ACTIVE,
    STANDBY,
    /** Neither: a witness, or a node that waits for its turn. */
    THIRD,
    STANDBY_AND_THIRD,
    ALL;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** A kind of fault, whom it may strike, and how often it is drawn. */
  private record Entry(FaultKind kind, Role role, int weight, int mostMillis) {}

  private static final List<Entry> TABLE =
      List.of(
          new Entry(FaultKind.CRASH, Role.ACTIVE, 3, 1_500),
          new Entry(FaultKind.CRASH, Role.STANDBY, 2, 1_500),
          new Entry(FaultKind.CRASH, Role.THIRD, 2, 1_500),
          new Entry(FaultKind.CRASH, Role.STANDBY_AND_THIRD, 2, 1_500),
          new Entry(FaultKind.CRASH, Role.ALL, 1, 1_000),
          new Entry(FaultKind.ISOLATE, Role.ACTIVE, 2, 1_500),
          new Entry(FaultKind.ISOLATE, Role.STANDBY, 1, 1_500),
          new Entry(FaultKind.PARTITION, Role.ACTIVE, 4, 1_500),
          new Entry(FaultKind.PARTITION, Role.STANDBY, 1, 1_500),
          new Entry(FaultKind.DEAF, Role.ACTIVE, 3, 1_500),
          new Entry(FaultKind.DEAF, Role.STANDBY, 2, 1_500),
          new Entry(FaultKind.MUTE, Role.ACTIVE, 3, 1_500),
          new Entry(FaultKind.MUTE, Role.STANDBY, 2, 1_500),
          new Entry(FaultKind.LOSS, Role.ACTIVE, 2, 2_000),
          new Entry(FaultKind.LOSS, Role.ALL, 1, 2_000),
          new Entry(FaultKind.DELAY, Role.ACTIVE, 2, 2_000),
          new Entry(FaultKind.DELAY, Role.STANDBY, 1, 2_000),
          new Entry(FaultKind.KILL_AGENT, Role.ACTIVE, 3, 500),
          new Entry(FaultKind.KILL_AGENT, Role.STANDBY, 1, 500),
          new Entry(FaultKind.STOP_AGENT, Role.ACTIVE, 4, 3_000),
          new Entry(FaultKind.STOP_AGENT, Role.STANDBY, 1, 1_500),
          new Entry(FaultKind.HOG, Role.ACTIVE, 2, 1_500),
          new Entry(FaultKind.HOG, Role.STANDBY, 1, 1_500),
          new Entry(FaultKind.FLUSH_FILTERS, Role.ACTIVE, 1, 200),
          new Entry(FaultKind.FLUSH_FILTERS, Role.STANDBY, 1, 200));

  /** Shorter than this hardly outlasts a lease. */
  private static final int LEAST_MILLIS = 50;

  /**
   * One fault to come.
   *
   * @param onePeer for one-way cuts: towards one peer only
   * @param pauseNanos to let pass before it
   * @param holdNanos how long it lasts
   */
  record Step(
      FaultKind kind,
      Role role,
      boolean onePeer,
      int lossPercent,
      long delayMostNanos,
      long pauseNanos,
      long holdNanos,
      long seed) {

    /** The fault for nodes that have these roles now. */
    FaultSpec fault(List<String> nodes, Optional<String> peer) {
      FaultSpec fault = FaultSpec.of(kind, nodes).loss(lossPercent).delay(0, delayMostNanos, seed);
      return onePeer && peer.isPresent() ? fault.towards(peer.get()) : fault;
    }
  }

  static ChaosPlan of(long seed, int faults) {
    Random random = new Random(seed);
    int weights = TABLE.stream().mapToInt(Entry::weight).sum();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < faults; i++) {
      Entry entry = entry(random.nextInt(weights));
      boolean oneWay = entry.kind() == FaultKind.DEAF || entry.kind() == FaultKind.MUTE;
      boolean onePeer = random.nextInt(3) == 0 && oneWay;
      int loss = 5 + random.nextInt(LOSS_MOST_PERCENT - 4);
      long delay = MILLI_NANOS + random.nextLong(DELAY_MOST_NANOS - MILLI_NANOS);
      long pause = random.nextLong(PAUSE_MOST_NANOS);
      long hold = (LEAST_MILLIS + random.nextLong(entry.mostMillis() - LEAST_MILLIS)) * MILLI_NANOS;
      steps.add(
          new Step(
              entry.kind(), entry.role(), onePeer, loss, delay, pause, hold, random.nextLong()));
    }
    return new ChaosPlan(List.copyOf(steps));
  }

  private static Entry entry(int drawn) {
    int left = drawn;
    for (Entry entry : TABLE) {
      left -= entry.weight();
      if (left < 0) {
        return entry;
      }
    }
    throw new IllegalStateException("drawn " + drawn + " of a table that weighs less");
  }
}
