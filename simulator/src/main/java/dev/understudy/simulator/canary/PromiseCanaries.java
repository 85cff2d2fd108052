// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults of voters: promises that are broken, too short, or freed by what frees nobody. */
final class PromiseCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "vote-not-held-back",
                  "A voter grants a request although it is bound to another node.",
                  "FO-3",
                  "promise two-outputs",
                  16,
                  Patch.of(
                      "Voter",
                      """
                      if (boundElsewhere(node, incarnation, now)) {
                        waiting.put(
                      """,
                      """
                      if (false) {
                        waiting.put(
                      """))
              .amongThree(),
          Canary.of(
                  "echo-of-newer-epoch-while-bound",
                  "A voter that is bound to one active echoes another one, because its epoch "
                      + "is newer.",
                  "FO-3",
                  "promise two-outputs",
                  20,
                  Patch.of(
                      "Voter",
                      "if (boundElsewhere(node, incarnation, turn.now()) || !acceptable(",
                      "if (boundElsewhere(node, incarnation, turn.now()) && "
                          + "!epoch.above(boundEpoch)"
                          + " || !acceptable("))
              .amongFive(),
          Canary.of(
                  "echo-of-older-epoch-while-bound",
                  "A voter that has granted another one's request still echoes the old active.",
                  "FO-3",
                  "promise grant-rises lease two-outputs",
                  400,
                  Patch.of(
                      "Voter",
                      "if (boundElsewhere(node, incarnation, turn.now()) || !acceptable(",
                      """
                      if (boundElsewhere(node, incarnation, turn.now())
                          && boundEpoch.above(epoch)) {
                        echoes.put(node, new Echo(epoch, sentAt, Row.ORDINARY));
                        return true;
                      }
                      if (boundElsewhere(node, incarnation, turn.now()) || !acceptable(
                      """))
              .amongThree(),
          Canary.of(
                  "drift-ignored",
                  "A promise lasts as long as a lease, whatever the clocks' rates are.",
                  "FO-2",
                  "promise two-outputs",
                  56,
                  Patch.of(
                      "Voter",
                      "now + promiseFor(leaseNanos));",
                      "now + (leaseNanos == Row.ORDINARY ? timing.leaseNanos()"
                          + " : promiseFor(leaseNanos)));"))
              .amongThree(),
          Canary.of(
                  "lease-from-arrival",
                  "The active counts its lease from an echo's arrival, not from its beat's "
                      + "sending.",
                  "FO-4",
                  "lease two-outputs",
                  8,
                  Patch.of(
                      "Reign",
                      "ends.merge(voter, sentAt + leaseNanos",
                      "ends.merge(voter, now + leaseNanos"))
              .amongThree(),
          Canary.of(
                  "own-vote-untimed",
                  "A candidate counts its own vote although it is bound to another node.",
                  "FO-5",
                  "promise grant-rises lease two-outputs",
                  180,
                  Patch.of(
                      "GroupState",
                      """
                      if (voter.follow(
                          self, holder(turn), epoch, turn.now(), maintenance.askNanos(), turn)) {
                      """,
                      """
                      voter.follow(
                          self, holder(turn), epoch, turn.now(), maintenance.askNanos(), turn);
                      if (true) {
                      """),
                  Patch.of(
                      "Candidature",
                      """
                      if (free && !voter.boundTo(state.self, epoch, turn.now())) {
                        state.voteForSelf(epoch, turn);
                        if (!voter.boundTo(
                      """,
                      """
                      if (!voter.boundTo(state.self, epoch, turn.now())) {
                        state.voteForSelf(epoch, turn);
                        if (free && !voter.boundTo(
                      """))
              .amongThree(),
          Canary.of(
                  "echo-of-another-epoch-counts",
                  "An active counts echoes of an epoch that is not its present one.",
                  "FO-6",
                  "lease promise two-outputs generation-held epoch-regresses",
                  400,
                  Patch.of("Reign", "if (echoed.equals(epoch)) {", "if (true) {"))
              .amongThree(),
          Canary.of(
              "release-of-any-epoch",
              "A voter takes a release of any epoch of its holder for a release of its promise.",
              "FO-11",
              "promise two-outputs lease",
              16,
              Patch.of(
                  "Hearing",
                  "state.mirror.hear(from.sender(), row,",
                  """
                  state.voter.released(from.sender(), row.released(), turn.now());
                  state.mirror.hear(from.sender(), row,
                  """),
              Patch.of(
                  "Voter",
                  "/** End of the promise in force",
                  """
                  void released(String node, Epoch any, long now) {
                    if (boundTo.equals(node) && !any.equals(Epoch.NONE)) {
                      boundUntil = Math.min(boundUntil, now);
                    }
                  }

                  /** End of the promise in force
                  """)),
          Canary.of(
              "new-incarnation-as-release",
              "A voter takes its holder's restart for the end of its promise.",
              "FO-11",
              "promise two-outputs",
              8,
              Patch.of(
                  "Hearing",
                  "state.copies.peerSays(from.sender(), row.held());",
                  """
                  state.voter.restarted(from.sender(), from.senderIncarnation(), turn.now());
                  state.copies.peerSays(from.sender(), row.held());
                  """),
              Patch.of(
                  "Voter",
                  "/** End of the promise in force",
                  """
                  void restarted(String node, long incarnation, long now) {
                    if (boundTo.equals(node) && boundIncarnation < incarnation) {
                      boundUntil = Math.min(boundUntil, now);
                    }
                  }

                  /** End of the promise in force
                  """)),
          Canary.of(
              "restart-silence-skipped",
              "A restarted agent votes at once, although it has forgotten its promises.",
              "FO-21",
              "promise grant-rises two-outputs",
              8,
              Patch.of(
                  "FailoverNode",
                  "long silentUntil = startedAt + durable.longestPromiseNanos();",
                  "long silentUntil = startedAt;")),
          Canary.of(
                  "restart-silence-for-votes-only",
                  "A restarted agent grants nothing for a while, but echoes an active's beats "
                      + "at once.",
                  "FO-21",
                  "lost-disk promise grant-rises lease two-outputs",
                  8,
                  Patch.of(
                      "Hearing",
                      "if (!state.mute()) { if (row.askNanos() > 0) {",
                      "if (true) { if (row.askNanos() > 0) {"))
              .amongThree());

  private PromiseCanaries() {}
}
