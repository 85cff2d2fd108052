// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What many faults did.
 *
 * @param lab its name
 * @param workload which was watched
 * @param seed repeats the order
 * @param faults how many were asked for
 * @param struck how many struck
 * @param recovered after how many of them everything was whole within the bound, with its state
 *     where the rules promise that
 * @param notRecovered a sentence for each other one
 * @param overlaps a sentence for each time that two nodes spoke at once
 * @param longestOutputMs the longest time for which an active that could not renew its lease any
 *     more was heard; null when none was heard after its fault
 * @param leaseMs what that must not exceed
 * @param lateOutputs how often it did
 * @param reigns how many elections there were meanwhile
 * @param frames how many frames of the workload were observed
 * @param seconds how long all of it took
 * @param strikes each fault
 */
public record ChaosReport(
    String lab,
    String workload,
    long seed,
    int faults,
    int struck,
    int recovered,
    List<String> notRecovered,
    List<String> overlaps,
    @Nullable Double longestOutputMs,
    double leaseMs,
    int lateOutputs,
    int reigns,
    long frames,
    double seconds,
    List<Strike> strikes) {

  /** Whether everything was as it must be. */
  @JsonIgnore
  public boolean good() {
    return struck == faults && recovered == struck && overlaps.isEmpty() && lateOutputs == 0;
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    Map<String, Long> kinds =
        strikes.stream()
            .collect(
                Collectors.groupingBy(
                    s -> s.fault().split(" ", -1)[0], TreeMap::new, Collectors.counting()));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d of %d faults struck lab %s in %.0f s, seed %d: %s",
            struck,
            faults,
            lab,
            seconds,
            seed,
            kinds));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d recovered, %d not, %d overlaps, %d late outputs; %d reigns, %d frames observed",
            recovered,
            notRecovered.size(),
            overlaps.size(),
            lateOutputs,
            reigns,
            frames));
    lines.add(
        longestOutputMs == null
            ? "no output after a fault that ends the lease"
            : String.format(
                Locale.ROOT,
                "longest output after a fault that ends the lease: %.3f ms of %.0f ms",
                longestOutputMs,
                leaseMs));
    notRecovered.forEach(why -> lines.add("not recovered: " + why));
    overlaps.forEach(overlap -> lines.add("overlap: " + overlap));
    return lines;
  }
}
