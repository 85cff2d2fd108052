// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults of actives: gates that are open too long, leases that lapse without need. */
final class ReignCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "lapse-without-end",
                  "An active whose lease has lapsed goes on when a late echo comes, without "
                      + "election.",
                  "FO-13",
                  "reopened",
                  8,
                  Patch.of("Tenure", "close(\"lost the lease\", turn);", ""))
              .amongThree(),
          Canary.of(
                  "late-echo-reopens",
                  "An echo that waited in the socket is counted before the lease is looked at.",
                  "FO-35",
                  "reopened",
                  100,
                  Patch.of("FailoverNode", "checkLeases(turn);", ""),
                  Patch.of(
                      "FailoverNode",
                      "boolean beat = goesOn && beatIfDue(turn);",
                      """
                      checkLeases(turn);
                      boolean beat = goesOn && beatIfDue(turn);
                      """))
              .amongThree(),
          Canary.of(
                  "lapsed-beats-bind",
                  "An active whose lease has lapsed keeps its gate shut, but goes on beating.",
                  "FO-35",
                  "liveness reopened",
                  8,
                  Patch.of("Tenure", "close(\"lost the lease\", turn);", ""),
                  Patch.of(
                      "Tenure",
                      "if (end > gateUntil && trusted) {",
                      "if (end > gateUntil && trusted"
                          + " && (gateUntil == Long.MIN_VALUE || turn.now() < gateUntil)) {"))
              .amongThree(),
          Canary.of(
              "released-before-shut",
              "An active releases its epoch before the kernel has confirmed that its gate is shut.",
              "FO-12",
              "two-outputs",
              8,
              Patch.of(
                  "Tenure",
                  "if (hasState && !state.leaving) {",
                  """
                  state.released = epoch;
                  turn.effects().hurry(state.others());
                  if (hasState && !state.leaving) {
                  """)),
          Canary.of(
              "no-gate-margin",
              "The gate stays open to the end of the lease, though frames wait below it.",
              "FO-34",
              "lease two-outputs",
              8,
              Patch.of("Tenure", "leaseEnd - state.timing.gateMarginNanos()", "leaseEnd")),
          Canary.of(
              FaultyModels.RELATIVE_GATE,
              "The agent tells the kernel for how long to open the gate, not until when.",
              "FO-34",
              "two-outputs",
              100),
          Canary.of(
                  "echo-with-the-next-beat",
                  "A voter echoes when it sends something anyway, not at once.",
                  "FO-7",
                  "liveness false-failover",
                  8,
                  Patch.of(
                      "FailoverNode",
                      "return newest && !datagram.answer() ? peer.name() : \"\";",
                      "return \"\";"))
              .amongThree(),
          Canary.of(
                  "strict-sequence",
                  "A node drops whatever does not follow directly on what it got before.",
                  "FO-8",
                  "liveness preference",
                  8,
                  Patch.of(
                      "Peers",
                      "peer.ceiling = Math.max(peer.ceiling, datagram.ceiling());",
                      """
                      if (datagram.sequence() != peer.newestSequence + 1
                          && peer.newestSequence > 0) {
                        return Freshness.STALE;
                      }
                      peer.ceiling = Math.max(peer.ceiling, datagram.ceiling());
                      """))
              .amongThree());

  private ReignCanaries() {}
}
