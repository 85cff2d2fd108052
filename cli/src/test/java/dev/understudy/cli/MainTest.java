// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @TempDir Path folder;

  private record Run(int code, String out, String err) {}

  private static Run run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(out, err, arguments);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void versionIsThatOfThePom() throws Exception {
    Run run = run("--version");
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("understudy " + Version.TEXT);
    assertThat(Files.readString(Path.of("../pom.xml")))
        .contains("<artifactId>understudy</artifactId>\n  <version>" + Version.TEXT + "</version>");
  }

  @Test
  void helpNamesEveryCommandAndExitCode() {
    Run run = run("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("demo", "bench", "explain", "simulate", "doctor", "lab", "completion")
        .contains("  0     ok", "  1     it failed", "  2     wrong use", "  3     this machine")
        .contains("  130   Ctrl-C");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void unknownCommandIsAnsweredWithTheNearestOnes() {
    Run run = run("lab", "statsu");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("statsu").contains("Did you mean").contains("lab status");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void unknownCommandUnlikeAnyIsAnsweredWithAll() {
    Run run = run("nope");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("nope").contains("There are: demo");
  }

  @Test
  void noCommandIsWrongUse() {
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("lab").code()).isEqualTo(2);
    assertThat(run("lab", "exec", "a").code()).isEqualTo(2);
    assertThat(run("lab", "client", "--").code()).isEqualTo(2);
  }

  @Test
  void badClusterFileIsNamedWithItsProblemsAndNoStack() throws Exception {
    Path file = folder.resolve("cluster.yaml");
    Files.writeString(file, "name: x\nnodez: []\n");
    Run run = run("lab", "up", "-f", file.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("cluster.yaml:2").contains("nodez").doesNotContain("\tat ");
    Run debugged = run("--debug", "lab", "up", "-f", file.toString());
    assertThat(debugged.err()).contains("\tat dev.understudy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Up_Per", "-x", "../up", "a/b", "abcdefghijklmnopqrstuvwxyz0123456789"})
  void labNameThatIsNoneIsRefused(String name) {
    Run run = run("lab", "down", "--lab=" + name);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no name for a lab");
  }

  @Test
  void completionKnowsTheCommands() {
    Run run = run("completion", "bash");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("complete -F _complete_understudy").contains("crash-node");
    assertThat(run("completion", "fish").code()).isEqualTo(2);
  }

  @Test
  void resultsThatCannotBeWrittenAreAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(Main.run(full, err, "simulate", "--seeds", "1", "--minutes", "1", "--json"))
        .isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("not all results could be written to standard output: No space left");
  }
}
