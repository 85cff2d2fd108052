// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.demo;

import dev.understudy.lab.bench.Phase;
import dev.understudy.lab.bench.Trial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of a demo.
 *
 * @param recovered whether the state survived and the new active answered
 * @param why one sentence when it did not, else empty
 * @param formerActive the node that was crashed
 * @param newActive who serves now
 * @param outageMs what the client saw
 * @param probeGapMs longest time between two requests of the probe during the outage
 * @param counterBefore the highest number that the client had seen
 * @param counterAfter the number in the first good answer afterwards
 * @param ticksLost that the client had seen and that are gone
 * @param stateAgeMs age of the copy when it was woken; null when none was
 * @param memoryBytes of the program
 * @param profile name of the timing profile
 * @param intervalMs checkpoint interval that was asked for
 * @param phases in order, relative to the fault
 */
public record DemoReport(
    boolean recovered,
    String why,
    String formerActive,
    String newActive,
    double outageMs,
    double probeGapMs,
    long counterBefore,
    long counterAfter,
    long ticksLost,
    @Nullable Double stateAgeMs,
    long memoryBytes,
    String profile,
    double intervalMs,
    List<Phase> phases) {

  static DemoReport of(Trial trial, long memoryBytes, String profile, double intervalMs) {
    return new DemoReport(
        trial.recovered(),
        trial.objection().orElse(""),
        trial.fault().node(),
        trial.newActive(),
        trial.outageMs(),
        trial.probeGapMs(),
        trial.outage().counterBefore(),
        trial.outage().counterAfter(),
        trial.outage().ticksLost(),
        Double.isNaN(trial.stateAgeMs()) ? null : trial.stateAgeMs(),
        memoryBytes,
        profile,
        intervalMs,
        trial.phases());
  }
}
