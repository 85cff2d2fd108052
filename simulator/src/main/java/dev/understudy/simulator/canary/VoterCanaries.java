// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults by which two majorities need not meet, or a node votes that has forgotten its votes. */
final class VoterCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "membership-without-both-majorities",
                  "While a change of voters is pending, the new set alone elects and carries.",
                  "FO-45",
                  "lease version-majority two-outputs",
                  8,
                  Patch.of(
                      "Electorate",
                      """
                      return majority(voters, holds)
                          && (former.isEmpty() || majority(former, holds));
                      """,
                      "return majority(voters, holds);"),
                  Patch.of(
                      "Electorate",
                      "return former.isEmpty() ? end : Math.min(end, latest(former, ends));",
                      "return end;"))
              .amongChanging(),
          Canary.of(
                  "membership-with-a-bare-counter",
                  "Versions of voters are numbered, and do not name the reign that made them.",
                  "FO-45",
                  "version-unique",
                  12,
                  Patch.of(
                      "Assembly",
                      "adopt(new Membership(reign, number, members, former), turn);",
                      """
                      adopt(
                          new Membership(
                              new Epoch(1, "~"), known.number() + 1, members, former),
                          turn);
                      """),
                  Patch.of(
                      "Assembly",
                      "if (!known.epoch().equals(reign)) {",
                      "if (known.equals(Membership.NONE)) {"))
              .amongChanging(),
          Canary.of(
                  "lost-disk-votes-at-once",
                  "A node that has lost its disk votes again before a holder has named it anew.",
                  "FO-46",
                  "lost-disk",
                  8,
                  Patch.of(
                      "Assembly",
                      "return state.lostAt == 0 || onDisk.counts(state.self, state.lostAt);",
                      "return true;"))
              .amongChanging());

  private VoterCanaries() {}
}
