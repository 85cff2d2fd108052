// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command in the foreground of a terminal, which script(1) makes for each test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForegroundTest {
  private static final char CTRL_C = 3;
  private static final char CTRL_BACKSLASH = 28;

  private final StringBuilder said = new StringBuilder();
  private @Nullable Process terminal;

  /** What runs there: the command that is its arguments. */
  static final class Program {
    private Program() {}

    public static void main(String[] command) throws Exception {
      System.exit(Foreground.run(List.of(command)));
    }
  }

  @BeforeEach
  void needTerminals() throws Exception {
    Process there = new ProcessBuilder("sh", "-c", "command -v script >/dev/null").start();
    assumeTrue(there.waitFor() == 0, "needs script(1), of the package bsdutils");
  }

  @AfterEach
  void end() {
    if (terminal != null) {
      terminal.descendants().forEach(ProcessHandle::destroyForcibly);
      terminal.destroyForcibly();
    }
  }

  @Test
  void keysThatInterruptAreTheCommandsOwn() throws Exception {
    Process there =
        start(
            "exec program sh -c 'trap \"echo caught-int\" INT; trap \"echo caught-quit\" QUIT;"
                + " echo ready; until [ \"$line\" = end ]; do read line; done; exit 7'");
    await("ready");
    type(there, String.valueOf(CTRL_C));
    await("caught-int");
    type(there, String.valueOf(CTRL_BACKSLASH));
    await("caught-quit");
    type(there, "end\n");
    assertThat(there.waitFor()).as(said.toString()).isEqualTo(7);
  }

  @Test
  void commandThatTheyEndEndsThisOneWithItsSignal() throws Exception {
    Process there = start("exec program sh -c 'echo ready; exec sleep 60'");
    await("ready");
    type(there, String.valueOf(CTRL_C));
    assertThat(there.waitFor()).as(said.toString()).isEqualTo(128 + 2);
  }

  @Test
  void terminalIsOursAgainAfterShellThatTookItAndDied() throws Exception {
    Process there =
        start("program sh -im -c 'kill -9 $$'; echo code=$?; read line; echo heard-$line");
    await("code=" + (128 + 9));
    type(there, "this\n");
    await("heard-this");
    assertThat(there.waitFor()).isZero();
  }

  /** Outside of a terminal, whoever interrupts this command means it. */
  @Test
  void withoutTerminalAnInterruptEndsBoth() throws Exception {
    terminal =
        launch(List.of("setsid", "sh", "-c", withProgram("program sh -c 'echo ready; cat'")));
    await("ready");
    ProcessHandle program =
        terminal
            .descendants()
            .filter(p -> p.info().command().orElse("").endsWith("java"))
            .findFirst()
            .orElse(terminal.toHandle());
    new ProcessBuilder("kill", "-INT", Long.toString(program.pid())).start().waitFor();
    assertThat(terminal.waitFor()).isEqualTo(128 + 2);
    assertThat(program.isAlive()).isFalse();
  }

  private Process start(String script) throws IOException {
    terminal = launch(List.of("script", "-qec", withProgram(script), "/dev/null"));
    return terminal;
  }

  /** The shell's text in which "program" stands for {@link Program}. */
  private static String withProgram(String script) {
    String program = Program.class.getName().replace("$", "\\$");
    return script.replace(
        "program ", "\"$JAVA\" --enable-native-access=ALL-UNNAMED " + program + " ");
  }

  private static Process launch(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("SHELL", "/bin/sh");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    builder.environment().put("JAVA", java.toString());
    return builder.start();
  }

  private static void type(Process there, String keys) throws IOException {
    there.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
    there.getOutputStream().flush();
  }

  /** Reads until the terminal has shown that. */
  private void await(String text) throws IOException {
    InputStream shown = Objects.requireNonNull(terminal).getInputStream();
    byte[] part = new byte[1024];
    while (said.indexOf(text) < 0) {
      int length = shown.read(part);
      assertThat(length).as("%s came before the end of: %s", text, said).isPositive();
      said.append(new String(part, 0, length, StandardCharsets.US_ASCII));
    }
  }
}
