// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Gap;
import dev.understudy.lab.probe.Outage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One crash, measured.
 *
 * @param fault which node, and when
 * @param newActive who gave the first good answer after the fault
 * @param outage what the client saw
 * @param stateAgeMs age of the copy when it was woken; NaN when none was
 * @param phases in the order in which they happened
 * @param pauses what the client saw of checkpoints before the fault
 * @param stalls other gaps above the usual before the fault
 * @param objection why this does not count as recovered, as a sentence; empty when it does
 */
public record Trial(
    Fault fault,
    String newActive,
    Outage.Ended outage,
    double stateAgeMs,
    List<Phase> phases,
    List<Gap> pauses,
    List<Gap> stalls,
    Optional<String> objection) {

  public boolean recovered() {
    return objection.isEmpty();
  }

  public double outageMs() {
    return Millis.of(outage.gap().nanos());
  }

  /** Longest time between two requests of the probe during the outage: 2 when it was on time. */
  public double probeGapMs() {
    return Millis.of(outage.slowestSendNanos());
  }

  /** From the fault to the decision. */
  public OptionalDouble detectionMs() {
    return at(Phase.ELECTED);
  }

  /** From the decision to the first good answer. */
  public OptionalDouble wakeMs() {
    return between(Phase.ELECTED, Phase.FIRST_GOOD_ANSWER);
  }

  /** From SIGCONT to the first good answer. */
  public OptionalDouble firstAnswerMs() {
    return between(Phase.WOKEN, Phase.FIRST_GOOD_ANSWER);
  }

  private OptionalDouble at(String phase) {
    return phases.stream().filter(p -> p.name().equals(phase)).mapToDouble(Phase::atMs).findFirst();
  }

  private OptionalDouble between(String from, String to) {
    OptionalDouble start = at(from);
    OptionalDouble end = at(to);
    return start.isPresent() && end.isPresent()
        ? OptionalDouble.of(Millis.rounded(end.getAsDouble() - start.getAsDouble()))
        : OptionalDouble.empty();
  }
}
