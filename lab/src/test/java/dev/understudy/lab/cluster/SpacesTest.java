// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpacesTest {
  @BeforeEach
  void needRoot() {
    LabFixture.needRoot();
  }

  /** As a terminal does, it interrupts whoever waits for the command, too. */
  @Test
  void commandInsideOutlivesWhatInterruptsItsKeeper() throws Exception {
    assertThat(code("kill -INT $PPID; kill -QUIT $PPID; sleep 0.1; exit 7")).isEqualTo(7);
  }

  @Test
  void commandInsideIsInterruptedAsUsualAndTheCodeSaysSo() throws Exception {
    assertThat(code("kill -INT $$")).isEqualTo(128 + 2);
    assertThat(code("exit 3")).isEqualTo(3);
  }

  /** The shell's own kill would look for that number among the processes of the host. */
  @Test
  void noCommandIsTakenForABuiltinOfTheShell() throws Exception {
    ProcessMark here = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
    List<String> command = Spaces.inside(here, "/", List.of("type", "type"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.inputReader().readAllAsString()).contains("type");
    assertThat(process.waitFor()).as("there is no such program").isEqualTo(127);
  }

  private static int code(String script) throws Exception {
    ProcessMark here = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
    List<String> command = Spaces.inside(here, "/", List.of("sh", "-c", script));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
