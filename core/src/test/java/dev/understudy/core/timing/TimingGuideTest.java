// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of docs/timing.md is what the code computes. */
class TimingGuideTest {
  @Test
  void theTableOfProfilesIsTheCodes() throws IOException {
    List<String> expected =
        List.of(
            row("", t -> "`" + t.profile() + "`"),
            "| --- | --- | --- | --- | --- |",
            row("`beat`", t -> whole(t.beatNanos())),
            row("`lease`", t -> whole(t.leaseNanos())),
            row("`window`", t -> whole(t.windowNanos())),
            row("`stagger`", t -> whole(t.staggerNanos())),
            row("`lateness`", t -> whole(t.latenessNanos())),
            row("`roundTrip`", t -> whole(t.roundTripNanos())),
            row("`driftPpm`", t -> Long.toString(t.driftPpm())),
            row("promise", t -> fraction(t.promiseNanos())),
            row("late threshold", t -> fraction(t.lateThresholdNanos())),
            row("gate margin", t -> fraction(t.gateMarginNanos())),
            row("worst election", t -> fraction(t.worstElectionNanos())),
            row("least FTTI", t -> fraction(t.leastFttiNanos())));
    String guide = Files.readString(Path.of("../docs/timing.md"));
    List<String> written =
        guide
            .substring(guide.indexOf("## Profiles"))
            .lines()
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(written).isEqualTo(expected);
  }

  private static String row(String title, Function<Timing, String> cell) {
    return Timing.PROFILES.stream()
        .map(cell)
        .collect(Collectors.joining(" | ", "| " + title + (title.isEmpty() ? "| " : " | "), " |"));
  }

  private static String whole(long nanos) {
    return nanos / 1_000_000 + " ms";
  }

  private static String fraction(long nanos) {
    return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
  }
}
