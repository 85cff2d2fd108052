// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults by which epochs are used twice, or regress. */
final class EpochCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "grant-below-highest",
                  "A voter follows an epoch below one that it has followed before.",
                  "FO-15",
                  "grant-rises epoch-unique epoch-regresses",
                  36,
                  Patch.of("Voter", "return same || epoch.above(highest);", "return true;"))
              .amongFive(),
          Canary.of(
                  "given-up-epoch-asked-again",
                  "A candidate asks again with the epoch that it has given up.",
                  "FO-13",
                  "lease promise two-outputs epoch-unique grant-unique grant-rises",
                  24,
                  Patch.of(
                      "Candidature",
                      "long counter = state.highestSeen() + 1;",
                      """
                      boolean again =
                          state.highestSeen() > 0
                              && state.released.counter() == state.highestSeen();
                      long counter = state.highestSeen() + (again ? 0 : 1);
                      """),
                  Patch.of("Candidature", "state.seen(counter);", ""))
              .amongThree(),
          Canary.of(
                  "epoch-reused-after-power-loss",
                  "A restarted node counts from zero, not from the ceiling on its disk.",
                  "FO-17",
                  "grant-rises epoch-unique epoch-regresses",
                  8,
                  Patch.of(
                      "FailoverNode",
                      "long floor = durable.ceiling() - DurableState.BLOCK;",
                      "long floor = 0;"))
              .amongThree(),
          Canary.of(
              "ceiling-not-raised",
              "A node follows counters above the ceiling on its disk, and does not raise it.",
              "FO-16",
              "grant-rises grant-unique epoch-unique epoch-regresses",
              44,
              Patch.of("Voter", "if (epoch.counter() > ceiling) {", "if (false) {"),
              Patch.of("Candidature", "&& state.highestSeen() + 1 <= turn.ceiling()", ""),
              Patch.of("Tenure", "if (counter > turn.ceiling()) {", "if (false) {"),
              Patch.of("Tenure", "!state.electorate.majority(allowing) ||", ""),
              Patch.of(
                  "Tenure", "!allowing.containsAll(state.reign.followers(turn.now()))", "false"),
              Patch.of(
                  "FailoverNode",
                  "long ceiling = Math.max(ceilingWanted, asked.ceiling());",
                  "long ceiling = asked.ceiling();")),
          Canary.of(
                  "raised-epoch-before-confirmed",
                  "An active stamps a raised epoch before a majority knows it.",
                  "FO-20",
                  "announced epoch-regresses epoch-unique generation-held",
                  8,
                  Patch.of(
                      "Reign",
                      "if (!confirmed.equals(epoch) && electorate.majority(knowing)) {",
                      "if (!confirmed.equals(epoch)) {"))
              .amongThree());

  private EpochCanaries() {}
}
