// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario comes to what its file says. With {@code -Dunderstudy.rewrite=true} the files are
 * written anew; then read what has changed, and say why.
 */
@Tag("FO-3")
@Tag("FO-4")
@Tag("FO-6")
@Tag("FO-8")
@Tag("FO-10")
@Tag("FO-11")
@Tag("FO-12")
@Tag("FO-13")
@Tag("FO-14")
@Tag("FO-15")
@Tag("FO-16")
@Tag("FO-17")
@Tag("FO-21")
@Tag("FO-22")
@Tag("FO-23")
@Tag("FO-24")
@Tag("FO-25")
@Tag("FO-26")
@Tag("FO-27")
@Tag("FO-28")
@Tag("FO-33")
@Tag("FO-35")
@Tag("FO-36")
@Tag("FO-37")
@Tag("FO-38")
@Tag("FO-41")
@Tag("FO-42")
@Tag("FO-43")
@Tag("FO-44")
@Tag("FO-45")
@Tag("FO-46")
@Tag("FO-48")
class ScenariosTest {
  private static final Path FOLDER = Path.of("scenarios");
  private static final Pattern SHOWS = Pattern.compile("Shows (FO-\\d+(, )?)+\\.");
  private static final Pattern RULE = Pattern.compile("FO-\\d+");

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void comesToWhatItsFileSays(Path file) throws IOException, ScenarioException {
    String said = Files.readString(file);
    String played = Scenario.parse(said).played().text();
    if (Boolean.getBoolean("understudy.rewrite")) {
      Files.writeString(file, played);
    } else {
      assertThat(played).as(file.toString()).isEqualTo(said);
    }
  }

  /** The tags above are what the files say, together. */
  @Test
  void eachOpensWithTheRulesThatItShows() throws IOException {
    TreeSet<String> shown = new TreeSet<>();
    for (Path file : files().toList()) {
      String comments =
          Files.readString(file)
              .lines()
              .filter(line -> line.startsWith("#"))
              .map(line -> line.substring(1).strip())
              .collect(Collectors.joining(" "));
      List<String> rules =
          SHOWS
              .matcher(comments)
              .results()
              .flatMap(shows -> RULE.matcher(shows.group()).results())
              .map(MatchResult::group)
              .toList();
      assertThat(rules).as(file.toString()).isNotEmpty();
      shown.addAll(rules);
    }
    assertThat(ScenariosTest.class.getAnnotationsByType(Tag.class))
        .extracting(Tag::value)
        .containsExactlyInAnyOrderElementsOf(shown);
  }

  private static String play(String... lines) throws ScenarioException {
    return Scenario.parse(String.join("\n", lines)).played().text();
  }

  @Test
  void theSameScenarioComesToTheSame() throws ScenarioException {
    String[] lines = {"nodes a b c", "links 50us 250us", "start", "run 1s", "crash a", "run 1s"};
    assertThat(play(lines)).isEqualTo(play(lines)).contains("----", "power loss of a");
  }

  @Test
  void whatIsExpectedInVainIsSaidWithItsLine() {
    assertThatThrownBy(() -> play("nodes a b c", "start", "", "# Why.", "run 1s", "expect open c"))
        .isInstanceOf(ScenarioException.class)
        .hasMessage("line 6: is not so, in: expect open c");
  }

  @Test
  void whatIsNotUnderstoodIsSaidWithItsLine() {
    for (String wrong :
        List.of(
            "fly",
            "run fast",
            "run 5ms more",
            "crash x",
            "pause a for 3s",
            "pause a for 3s nowhere",
            "expect",
            "expect epoch b",
            "lose 3 words",
            "stall a for 3ms after OPEN_GATE")) {
      assertThatThrownBy(() -> play("start", wrong))
          .as(wrong)
          .isInstanceOf(ScenarioException.class)
          .hasMessageStartingWith("line 2: ");
    }
    assertThatThrownBy(() -> play("run 5ms"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("before \"start\"");
  }
}
