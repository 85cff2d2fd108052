// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.api.control.Json;
import dev.understudy.simulator.Campaign;
import dev.understudy.simulator.Gate;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.ProtocolNode;
import dev.understudy.simulator.Weather;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String arguments) {
    return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(("simulate " + arguments).split(" +"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seeds 5..1                | --seeds must go up, over at most 10000000 seeds, not 5..1",
        "--seeds 1..999999999        | --seeds must go up, over at most 10000000 seeds",
        "--seeds 1-5                 | --seeds must be a range of numbers, as 1..1000, not 1-5",
        "--seeds=-3                  | --seeds must be a range of numbers",
        "--minutes 0                 | --minutes must be from 1 to 1000, not 0",
        "--threads 0                 | --threads must be from 1 to 1024, not 0",
        "--seeds 1..2 --trace        | --trace tells one run in words: give one seed",
        "--seeds 1 --trace --json    | --trace tells one run in words: give one seed",
        "--scenario x --json         | --scenario plays one file as text: give it alone.",
        "--canaries --mild           | --canaries goes with --seeds, --minutes, --threads",
        "--scenario no/such/file     | cannot read no/such/file"
      })
  void badInputIsRefusedWithOneSentence(String arguments, String sentence) {
    assertThat(run(arguments.strip())).isEqualTo(2);
    assertThat(err.toString()).startsWith("understudy: " + sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void documentHasEveryFieldAndRepeatsItself() throws Exception {
    assertThat(run("--seeds 1..2 --minutes 1 --json --threads 2")).isZero();
    JsonNode first = Json.mapper().readTree(out.toString());
    assertThat(first.get("seeds").asLong()).isEqualTo(2);
    assertThat(first.get("virtual_minutes").asDouble()).isGreaterThanOrEqualTo(2);
    assertThat(first.get("events").asLong()).isPositive();
    assertThat(first.get("events_per_second").asLong()).isPositive();
    assertThat(first.get("violations").isArray()).isTrue();
    assertThat(first.get("false_failovers").asLong()).isZero();
    assertThat(first.get("trace_hash").asText()).matches("[0-9a-f]{16}");
    out.getBuffer().setLength(0);
    assertThat(run("--seeds 1..2 --minutes 1 --json --threads 1")).isZero();
    JsonNode again = Json.mapper().readTree(out.toString());
    assertThat(again.get("trace_hash")).isEqualTo(first.get("trace_hash"));
    assertThat(again.get("events")).isEqualTo(first.get("events"));
  }

  @Test
  void traceTellsFaultsAndVerdicts() {
    assertThat(run("--seeds 3 --minutes 1 --trace")).isZero();
    assertThat(out.toString()).contains("elected in epoch").contains(" world ");
  }

  private int play(Path folder, String... lines) throws IOException {
    Path file = Files.writeString(folder.resolve("story.txt"), String.join("\n", lines) + "\n");
    return run("--scenario " + file);
  }

  @Test
  void scenarioIsComparedToItsFile(@TempDir Path folder) throws Exception {
    String[] story = {"nodes a b c", "start", "run until open a", "mark", "", "run 1s", "view"};
    assertThat(play(folder, story)).isEqualTo(1);
    assertThat(err.toString()).contains("story.txt says otherwise in line 5");
    String played = out.toString();
    assertThat(played).contains("a: active, a reigns in 1@a");
    out.getBuffer().setLength(0);
    assertThat(play(folder, played.lines().toArray(String[]::new))).isZero();
    assertThat(out.toString()).isEqualTo(played);
  }

  @Test
  void scenarioSaysWhichLineNobodyUnderstands(@TempDir Path folder) throws Exception {
    assertThat(play(folder, "nodes a b c", "dance")).isEqualTo(1);
    assertThat(err.toString()).contains("story.txt, line 2: dance is no command");
  }

  @Test
  void brokenRuleComesWithItsRepetitionAndWhatIsLeftOfIt() throws Exception {
    Model broken = new Model(ProtocolNode::real, NeverShut::new);
    Campaign.Options options = new Campaign.Options(1, 1, 1, Weather.ROUGH, false, 1);
    Campaign.Result result = Campaign.run(options, broken, (_, _, _) -> {});
    List<String> lines = SimulateText.shrunk(options, result.failed().getFirst(), broken);
    assertThat(lines.getFirst())
        .isEqualTo("repeat: understudy simulate --seeds 1 --minutes 1 --trace");
    assertThat(lines).anyMatch(line -> line.matches("with \\d faults left .*"));
    assertThat(lines.getLast()).contains("BROKEN two-outputs");
    assertThat(SimulateText.lines(options, result)).anyMatch(l -> l.startsWith("seed 1 breaks "));
  }

  /** A gate that lets everything pass for ever, once it was opened. */
  private static final class NeverShut implements Gate {
    private boolean open;

    @Override
    public void openUntil(long untilNanos, long now) {
      open = true;
    }

    @Override
    public void shut(long now) {}

    @Override
    public boolean open(long now) {
      return open;
    }

    @Override
    public long untilNanos() {
      return open ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
  }
}
