// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults of elections: those that elect two, and those that elect nobody. */
final class ElectionCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "half-is-a-majority",
                  "Half of the voters, rounded down, are taken for a majority.",
                  "FO-25",
                  "lease announced two-outputs generation-held",
                  8,
                  Patch.of(
                      "Electorate",
                      "return among > members.size() / 2;",
                      "return among >= members.size() / 2;"))
              .amongThree(),
          Canary.of(
              "blank-release-vote",
              "A candidate takes a release for its sender's vote, whomever that has voted for.",
              "FO-14",
              "lease promise two-outputs",
              16,
              Patch.of(
                  "Hearing",
                  "state.mirror.hear(from.sender(), row,",
                  """
                  if (state.standing instanceof Standing.Candidate(var asked, _)
                      && !row.released().equals(Epoch.NONE)) {
                    state.reign.echo(from.sender(), asked, turn.now(), Row.ORDINARY, turn.now());
                  }
                  state.mirror.hear(from.sender(), row,
                  """)),
          Canary.of(
                  "no-giving-up",
                  "A candidate without a majority goes on asking for ever.",
                  "FO-27",
                  "liveness",
                  44,
                  Patch.of(
                      "Candidature",
                      "} else if (turn.now() - candidate.since() >= patienceNanos()) {",
                      "} else if (false) {"))
              .amongFive(),
          Canary.of(
                  "storm-of-takeovers",
                  "A node takes over whatever it can get, all at once.",
                  "FO-48",
                  "storm",
                  8,
                  Patch.of("StormGuard", "int taken = underWay(turn.now());", "int taken = 0;"))
              .amongMany(),
          Canary.of(
                  "storm-guard-of-candidates-only",
                  "A place is free again as soon as a candidate is elected, before anything runs.",
                  "FO-48",
                  "storm",
                  8,
                  Patch.of(
                      "Tenure",
                      "return !runs && now - since < TAKEOVER_MOST_NANOS;",
                      "return false;"))
              .amongMany(),
          Canary.of(
              "suspicion-while-late",
              "A node that stood still accuses others of the silence that it slept through.",
              "FO-33",
              "late-accuses false-failover",
              8,
              Patch.of("FailoverNode", "lateAt = now;", "")));

  private ElectionCanaries() {}
}
