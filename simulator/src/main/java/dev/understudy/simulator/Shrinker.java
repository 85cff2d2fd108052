// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes faults away from a plan while the same rule stays broken: halves first, then smaller and
 * smaller parts, at last one by one.
 */
public final class Shrinker {
  /** A run that goes on for so many leases after the former violation has come to another end. */
  private static final long LEASES_LONGER = 40;

  private static final long FIRST_FAULT_NANOS = 1_000_000_000L;

  private final Model model;
  private final int runsMost;
  private Plan best;
  private Violation violation;
  private int runs;

  private Shrinker(Plan plan, Violation violation, Model model, int runsMost) {
    this.best = plan;
    this.violation = violation;
    this.model = model;
    this.runsMost = runsMost;
  }

  /**
   * What is left.
   *
   * @param plan with fewer faults
   * @param violation how it breaks the same rule
   * @param runs how many runs that took
   */
  public record Shrunk(Plan plan, Violation violation, int runs) {}

  /** Shrinks a plan that breaks a rule, within so many runs. */
  public static Shrunk shrink(Plan plan, Violation violation, Model model, int runsMost) {
    Shrinker shrinker = new Shrinker(plan, violation, model, runsMost);
    shrinker.shrink();
    return new Shrunk(shrinker.best, shrinker.violation, shrinker.runs);
  }

  private void shrink() {
    dropLater();
    dropParts();
    moveToTheStart();
    dropParts();
  }

  private boolean isLiveness() {
    return violation.rule().equals(Violation.LIVENESS);
  }

  /** What would have struck after the violation has no part in it. */
  private void dropLater() {
    if (!isLiveness()) {
      long at = violation.atNanos();
      best = best.with(best.faults().stream().filter(f -> f.at() <= at).toList());
    }
  }

  private void dropParts() {
    int parts = 2;
    while (!best.faults().isEmpty() && runs < runsMost) {
      int size = best.faults().size();
      int length = Math.max(1, size / parts);
      boolean smaller = false;
      // From the end, since a removal there changes the least of what comes before.
      for (int to = size; to > 0 && runs < runsMost; to -= length) {
        int from = Math.max(0, to - length);
        List<Fault> fewer = new ArrayList<>(best.faults());
        if (to <= fewer.size()) {
          fewer.subList(from, to).clear();
          smaller |= fewer.size() < best.faults().size() && keeps(best.with(fewer));
        }
      }
      if (length == 1 && !smaller) {
        return;
      }
      parts =
          smaller && length > 1 ? parts : Math.min(parts * 2, Math.max(2, best.faults().size()));
    }
  }

  /** Lets the first fault strike soon after the start. */
  private void moveToTheStart() {
    long first = best.faults().stream().mapToLong(Fault::at).filter(at -> at > 0).min().orElse(0);
    long by = first - FIRST_FAULT_NANOS;
    if (by > 0 && !isLiveness()) {
      List<Fault> moved = new ArrayList<>();
      for (Fault fault : best.faults()) {
        moved.add(fault.at() == 0 ? fault : FaultShift.earlier(fault, by));
      }
      keeps(best.with(moved));
    }
  }

  /** Whether that plan breaks the same rule; then it is the best one so far. */
  private boolean keeps(Plan candidate) {
    if (runs >= runsMost) {
      return false;
    }
    runs++;
    long longer = LEASES_LONGER * candidate.setup().timing().leaseNanos();
    RunResult result =
        isLiveness()
            ? Simulation.run(candidate, model, Trace.NONE)
            : Simulation.runUntil(candidate, model, Trace.NONE, violation.atNanos() + longer);
    if (result.violation().filter(v -> v.rule().equals(violation.rule())).isEmpty()) {
      return false;
    }
    best = candidate;
    violation = result.violation().get();
    dropLater();
    return true;
  }
}
