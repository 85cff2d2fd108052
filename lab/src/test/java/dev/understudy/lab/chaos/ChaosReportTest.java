// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.api.control.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
  private static final Strike GOOD = new Strike("mute a", "active", 5.5, 21.5, 100.0, "");
  private static final Strike BAD = new Strike("hog b", "standby", 5.5, null, null, "not whole");

  private static ChaosReport report(List<String> overlaps, Strike... strikes) {
    List<Strike> all = List.of(strikes);
    int recovered = (int) all.stream().filter(s -> s.problem().isEmpty()).count();
    List<String> bad = all.stream().map(Strike::problem).filter(p -> !p.isEmpty()).toList();
    return new ChaosReport(
        "l", "w", 7, 1, all.size(), recovered, bad, overlaps, 21.5, 30, 0, 3, 99, 1.5, all);
  }

  @Test
  void goodIsOnlyWhatStruckAndRecoveredWithoutOverlap() {
    assertThat(report(List.of(), GOOD).good()).isTrue();
    assertThat(report(List.of("two spoke"), GOOD).good()).isFalse();
    assertThat(report(List.of(), BAD).good()).isFalse();
    assertThat(report(List.of()).good()).as("one was asked for, none struck").isFalse();
  }

  @Test
  void linesTellWhatWasViolated() {
    assertThat(report(List.of("two spoke"), BAD).lines())
        .contains("overlap: two spoke", "not recovered: not whole")
        .anyMatch(line -> line.contains("0 recovered, 1 not, 1 overlaps"))
        .anyMatch(line -> line.contains("21.500 ms of 30 ms"));
  }

  @Test
  void documentHasTheNamesThatTheGuideTells() throws Exception {
    JsonNode json = Json.mapper().valueToTree(report(List.of(), GOOD, BAD));
    assertThat(json.path("longest_output_ms").doubleValue()).isEqualTo(21.5);
    assertThat(json.path("strikes").get(0).path("output_ms").doubleValue()).isEqualTo(21.5);
    assertThat(json.path("strikes").get(1).path("recovered_ms").isNull()).isTrue();
    String guide = java.nio.file.Files.readString(java.nio.file.Path.of("../docs/measuring.md"));
    json.fieldNames().forEachRemaining(name -> assertThat(guide).contains("`" + name + "`"));
    json.path("strikes")
        .get(0)
        .fieldNames()
        .forEachRemaining(name -> assertThat(guide).contains("`" + name + "`"));
  }
}
