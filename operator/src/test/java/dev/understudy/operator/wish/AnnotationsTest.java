// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import dev.understudy.operator.resource.Strategy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The annotations as they stand in users' Deployments. */
class AnnotationsTest {
  private static final long SECOND = 1_000_000_000L;

  private static Map<String, String> of(String... namesAndValues) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put("hitachienergy.com/" + namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static Wish.Asked asked(String... namesAndValues) {
    Wish wish = Annotations.read(of(namesAndValues));
    assertThat(wish).isInstanceOf(Wish.Asked.class);
    return (Wish.Asked) wish;
  }

  private static List<String> faults(String... namesAndValues) {
    Wish wish = Annotations.read(of(namesAndValues));
    assertThat(wish).isInstanceOf(Wish.Faulty.class);
    return ((Wish.Faulty) wish).faults();
  }

  @Test
  void checkpointsMirrorAndGiveWay() {
    Wish.Asked asked = asked("cr_mode", "cr", "cr_interval", "30");
    assertThat(asked.remarks()).isEmpty();
    assertThat(asked.protection())
        .isEqualTo(
            new Protection(
                List.of(Strategy.MIRROR, Strategy.CHECKPOINT, Strategy.RESTART),
                30 * SECOND,
                Timing.STANDARD,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void statePullsInPlace() {
    Protection protection =
        asked("ps_mode", "http", "ps_interval", "10", "ps_path", "/state", "ps_port", "8080")
            .protection();
    assertThat(protection.ladder()).containsExactly(Strategy.STATE, Strategy.RESTART);
    assertThat(protection.state())
        .contains(
            new StatePull(
                "/state", 8080, 10 * SECOND, StatePull.USUAL_LIMIT_BYTES, /* elsewhere= */ false));
  }

  @Test
  void statePullsElsewhereToo() {
    Protection protection =
        asked("ps_mode", "http-sf", "ps_interval", "10", "ps_path", "/state", "ps_port", "8080")
            .protection();
    assertThat(protection.state().orElseThrow().elsewhere()).isTrue();
  }

  @Test
  void bothAtOnceAsInTheTestApplicationOfTheTwoOperators() {
    Protection protection =
        asked(
                "ps_mode",
                "http-sf",
                "ps_interval",
                "10",
                "ps_path",
                "/state",
                "ps_port",
                "8080",
                "cr_mode",
                "cr",
                "cr_interval",
                "30")
            .protection();
    assertThat(protection.ladder())
        .containsExactly(Strategy.MIRROR, Strategy.CHECKPOINT, Strategy.STATE, Strategy.RESTART);
    assertThat(protection.intervalNanos()).isEqualTo(30 * SECOND);
    assertThat(protection.sentence())
        .isEqualTo(
            "mirror, then checkpoint, then state, then restart; a checkpoint each 30s;"
                + " state of port 8080/state each 10s, put back on any node; times standard");
  }

  @Test
  void nothingIsAskedForWithoutAMode() {
    assertThat(Annotations.read(Map.of())).isEqualTo(new Wish.Absent());
    assertThat(Annotations.read(of("cr_mode", "", "ps_mode", ""))).isEqualTo(new Wish.Absent());
    assertThat(Annotations.read(Map.of("hitachienergy.com/internal-ip", "10.0.0.1")))
        .isEqualTo(new Wish.Absent());
  }

  @Test
  void pathIsTheRootIfItIsNotGiven() {
    Protection protection =
        asked("ps_mode", "http", "ps_interval", "1", "ps_port", "80").protection();
    assertThat(protection.state().orElseThrow().path()).isEqualTo("/");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "+10, 10", "010, 10", "3600, 3600"})
  void numbersThatTheFormerOperatorsTookAreTaken(String text, long seconds) {
    assertThat(asked("cr_mode", "cr", "cr_interval", text).protection().intervalNanos())
        .isEqualTo(seconds * SECOND);
  }

  @ParameterizedTest
  @CsvSource({
    "0",
    "-5",
    "3601",
    "1.5",
    "10s",
    "ten",
    "' 10'",
    "99999999999999999999",
    "१०",
    "1_000"
  })
  void otherNumbersAreRefusedWithTheAllowedOnes(String text) {
    assertThat(faults("cr_mode", "cr", "cr_interval", text))
        .singleElement()
        .asString()
        .startsWith("annotation hitachienergy.com/cr_interval is '")
        .endsWith("'; write whole seconds from 1 to 3600");
  }

  @ParameterizedTest
  @CsvSource({"0", "65536", "http", "-1"})
  void portsOutOfRangeAreRefused(String text) {
    assertThat(faults("ps_mode", "http", "ps_interval", "1", "ps_port", text))
        .containsExactly(
            "annotation hitachienergy.com/ps_port is '" + text + "'; write a port from 1 to 65535");
  }

  @ParameterizedTest
  @CsvSource({"CR", "http", "yes", "true", "' cr'"})
  void otherModesAreRefused(String mode) {
    assertThat(faults("cr_mode", mode, "cr_interval", "1"))
        .containsExactly("annotation hitachienergy.com/cr_mode is '" + mode + "'; write cr");
  }

  @ParameterizedTest
  @CsvSource({"state", "'/a b'", "/%zz", "http://x/", "/a#b"})
  void otherPathsAreRefused(String path) {
    assertThat(faults("ps_mode", "http", "ps_interval", "1", "ps_port", "80", "ps_path", path))
        .containsExactly(
            "annotation hitachienergy.com/ps_path is '"
                + path
                + "'; write a path such as /state, encoded as in a URL");
  }

  @Test
  void everyFaultIsSaidAtOnce() {
    assertThat(faults("cr_mode", "x", "ps_mode", "ftp", "ps_path", "p"))
        .containsExactly(
            "annotation hitachienergy.com/cr_mode is 'x'; write cr",
            "annotation hitachienergy.com/ps_mode is 'ftp'; write http or http-sf",
            "annotation hitachienergy.com/cr_interval is missing;"
                + " write whole seconds from 1 to 3600",
            "annotation hitachienergy.com/ps_interval is missing;"
                + " write whole seconds from 1 to 3600",
            "annotation hitachienergy.com/ps_port is missing; write a port from 1 to 65535",
            "annotation hitachienergy.com/ps_path is 'p';"
                + " write a path such as /state, encoded as in a URL");
  }

  @Test
  void numbersWithoutAModeDoNothingAndThatIsSaid() {
    assertThat(faults("cr_interval", "10"))
        .containsExactly(
            "annotation hitachienergy.com/cr_interval does nothing without"
                + " hitachienergy.com/cr_mode; add it");
  }

  @Test
  void misspelledNamesAreRemarkedOn() {
    assertThat(asked("cr_mode", "cr", "cr_interval", "1", "cr_intervall", "2").remarks())
        .singleElement()
        .asString()
        .startsWith("annotation hitachienergy.com/cr_intervall is unknown; known are ");
  }

  @Test
  void textOfUsersIsShownSafely() {
    assertThat(faults("cr_mode", "\u001b[2J" + "x".repeat(100), "cr_interval", "1"))
        .singleElement()
        .asString()
        .contains("'\\u001b[2J" + "x".repeat(56) + "...'");
  }
}
