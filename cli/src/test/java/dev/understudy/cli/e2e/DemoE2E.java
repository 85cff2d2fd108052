// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lab.tools.ToolGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a newcomer types it. */
class DemoE2E {
  private static final long LIMIT_SECONDS = 180;

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void needTools() throws Exception {
    var _ = Host.tools(ToolGroup.PYTHON);
    assertThat(Host.ROOT.resolve("cli/target/classpath.txt"))
        .as("the command is built; ./build does that before these tests")
        .exists();
  }

  /** A running command; its standard error is read line by line. */
  private record Command(Process process, Path out, BufferedReader err, List<String> said) {
    /** Reads until a line holds that text; fails when the command ends before. */
    void awaitLine(String text) throws IOException {
      for (@Nullable String line = err.readLine(); line != null; line = err.readLine()) {
        said.add(line);
        if (line.contains(text)) {
          return;
        }
      }
      throw new AssertionError("never said '" + text + "': " + said);
    }

    /** The script has become the virtual machine, so this is what a terminal would reach. */
    void signal(String name) throws Exception {
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }

    int code() throws Exception {
      for (@Nullable String line = err.readLine(); line != null; line = err.readLine()) {
        said.add(line);
      }
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends: %s", said).isTrue();
      return process.exitValue();
    }
  }

  private Path state() {
    return folder.resolve("state");
  }

  private Command demo(String name) throws IOException {
    Path out = folder.resolve(name + ".out");
    // Whoever runs these tests in the background may have it ignore what Ctrl-C sends.
    ProcessBuilder builder =
        new ProcessBuilder(
            "env",
            "--default-signal=INT",
            Host.ROOT.resolve("understudy").toString(),
            "demo",
            "--json");
    builder.directory(folder.toFile()).redirectOutput(out.toFile());
    builder.environment().put("UNDERSTUDY_STATE", state().toString());
    builder.environment().put("UNDERSTUDY_NO_BUILD", "1");
    Process process = builder.start();
    return new Command(process, out, process.errorReader(), new ArrayList<>());
  }

  private void checkStory(Command demo) throws Exception {
    int code = demo.code();
    String out = Files.readString(demo.out());
    assertThat(code).as("%s%n%s", demo.said(), out).isZero();
    ObjectMapper json = new ObjectMapper();
    try (var documents = json.readerFor(JsonNode.class).<JsonNode>readValues(out)) {
      JsonNode story = documents.nextValue();
      assertThat(documents.hasNextValue()).as("one document: %s", out).isFalse();
      assertThat(story.path("recovered").booleanValue()).isTrue();
      assertThat(story.path("outage_ms").doubleValue()).isBetween(1.0, 5_000.0);
      long before = story.path("counter_before").longValue();
      long after = story.path("counter_after").longValue();
      long lost = story.path("ticks_lost").longValue();
      assertThat(before).isPositive();
      assertThat(after).isPositive();
      assertThat(lost).isBetween(0L, before);
      // No more than the copy's age, a tick each 100 ms, and the one under way.
      double age = story.path("state_age_ms").doubleValue();
      assertThat(age).isPositive();
      assertThat((double) lost).isLessThanOrEqualTo(age / 100 + 1);
      checkPhases(story.path("phases"));
    }
  }

  private static void checkPhases(JsonNode phases) {
    List<String> names = new ArrayList<>();
    double last = Double.NEGATIVE_INFINITY;
    for (JsonNode phase : phases) {
      names.add(phase.path("name").textValue());
      assertThat(phase.path("at_ms").isNumber()).isTrue();
      assertThat(phase.path("at_ms").doubleValue()).as("in order").isGreaterThanOrEqualTo(last);
      last = phase.path("at_ms").doubleValue();
    }
    assertThat(names)
        .contains(
            "fault",
            "last-good-answer",
            "suspected",
            "elected",
            "woken",
            "address-moved",
            "first-good-answer",
            "protected-again");
  }

  private void checkNothingIsLeft() throws Exception {
    Wait.that("nothing left", 10, this::left, () -> Host.remains(state(), "demo").isEmpty());
  }

  private String left() {
    try {
      return String.join("\n", Host.remains(state(), "demo"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void stateSurvivesASecondDemoIsRefusedAndNothingIsLeft() throws Exception {
    Command first = demo("first");
    first.awaitLine("starting node a");
    Command second = demo("second");
    assertThat(second.code()).isEqualTo(2);
    assertThat(second.said()).hasSizeLessThan(5);
    assertThat(second.said().getLast()).contains("demo").endsWith(".");
    assertThat(Files.readString(second.out())).isEmpty();
    checkStory(first);
    checkNothingIsLeft();
  }

  @Test
  void demoRunsAfterOneThatWasKilled() throws Exception {
    Command killed = demo("killed");
    killed.awaitLine("protected: ");
    killed.signal("KILL");
    assertThat(killed.code()).isNotZero();
    Wait.that("no process of it", 10, this::left, () -> Host.processes(state()).isEmpty());
    checkStory(demo("next"));
    checkNothingIsLeft();
  }

  @Test
  void interruptedDemoLeavesNothing() throws Exception {
    Command stopped = demo("stopped");
    // Early: a quick machine could be through before the signal comes.
    stopped.awaitLine("starting node b");
    stopped.signal("INT");
    assertThat(stopped.code()).isNotZero();
    checkNothingIsLeft();
  }
}
