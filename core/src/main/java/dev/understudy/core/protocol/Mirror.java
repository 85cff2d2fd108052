// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.Comparator;
import java.util.Optional;

/** The active's care for a held copy: who holds it, how new it is, when the next one is due. */
final class Mirror {
  private final GroupConfig config;
  private final String self;
  private final Timing timing;
  private final Copies copies;
  private final MirrorPlan plan;
  private String standby = "";
  private GenerationId protectedBy = GenerationId.NONE;
  private Epoch firstEpoch = Epoch.NONE;

  Mirror(GroupConfig config, String self, Timing timing, Copies copies) {
    this.config = config;
    this.self = self;
    this.timing = timing;
    this.copies = copies;
    this.plan = new MirrorPlan(config.checkpointIntervalNanos());
  }

  void begin(long now) {
    standby = "";
    protectedBy = GenerationId.NONE;
    firstEpoch = Epoch.NONE;
    if (config.mirrored()) {
      plan.begin(now);
    }
  }

  /** A reign goes on that a former agent began: what it has checkpointed sorts below. */
  void resume(Epoch first, long sequence, long now) {
    begin(now);
    firstEpoch = first;
    plan.continueAfter(sequence);
  }

  /** The number of the last checkpoint that was begun in this reign. */
  long lastSequence() {
    return plan.lastSequence();
  }

  void end() {
    standby = "";
    protectedBy = GenerationId.NONE;
    plan.end();
  }

  /** The reign goes on under a higher epoch: later generations must sort above the earlier ones. */
  void raise(long now) {
    plan.hurry(now);
  }

  void hear(String from, Row row, Epoch reign, Turn turn) {
    if (!from.equals(standby)) {
      return;
    }
    boolean ofThisReign =
        row.held().epoch().node().equals(self)
            && row.held().sequence() > 0
            && row.held().epoch().compareTo(firstEpoch) >= 0;
    if (ofThisReign && row.held().newerThan(protectedBy)) {
      boolean first = protectedBy.equals(GenerationId.NONE);
      protectedBy = row.held();
      if (first) {
        turn.effects().say(new Verdict.Protected(config.workload(), from, protectedBy));
      }
    } else if (!ofThisReign && !protectedBy.equals(GenerationId.NONE)) {
      unprotect(from + " lost its copy in epoch " + reign, turn);
      plan.hurry(turn.now());
    }
  }

  void advance(Epoch epoch, Turn turn) {
    if (firstEpoch.equals(Epoch.NONE)) {
      firstEpoch = epoch;
    }
    chooseStandby(turn);
    if (standby.isEmpty()) {
      return;
    }
    Optional<GenerationId> due = plan.due(epoch, turn.now());
    due.ifPresent(id -> turn.effects().run(new Command.Checkpoint(config.workload(), id, standby)));
  }

  private void chooseStandby(Turn turn) {
    long gone = turn.now() - 4 * timing.windowNanos();
    if (!standby.isEmpty() && !turn.peers().heardSince(standby, gone)) {
      String lost = standby;
      standby = "";
      unprotect(lost + " is silent", turn);
      // Its host may answer nothing for many seconds, in which nobody else would get a copy.
      plan.inFlight()
          .ifPresent(id -> turn.effects().run(new Command.Abandon(config.workload(), id)));
    }
    if (standby.isEmpty() && turn.now() >= plan.nextAt()) {
      long lately = turn.now() - timing.windowNanos();
      // Who has a copy already lacks the least; of equal ones the first in the group.
      standby =
          config.runners().stream()
              .filter(n -> !n.equals(self) && turn.peers().heardSince(n, lately))
              .max(Comparator.comparing(copies::heldBy))
              .orElse("");
    }
  }

  private void unprotect(String why, Turn turn) {
    if (!protectedBy.equals(GenerationId.NONE)) {
      protectedBy = GenerationId.NONE;
      turn.effects().say(new Verdict.Unprotected(config.workload(), why));
    }
    plan.hurry(turn.now());
  }

  void done(GenerationId generation, long tookNanos, Turn turn) {
    long before = plan.intervalNanos();
    plan.done(generation, tookNanos, turn.now())
        .ifPresent(
            now -> turn.effects().say(new Verdict.Stretched(config.workload(), before, now)));
  }

  void failed(GenerationId generation, Turn turn) {
    plan.failed(generation, turn.now());
  }

  String standby() {
    return standby;
  }

  GenerationId protectedBy() {
    return protectedBy;
  }

  long intervalNanos() {
    return plan.intervalNanos();
  }

  /** When the plan wants a step; while nobody can hold a copy, the beats look for somebody. */
  long nextAt() {
    return standby.isEmpty() && plan.nextAt() != Long.MAX_VALUE ? Long.MAX_VALUE : plan.nextAt();
  }
}
