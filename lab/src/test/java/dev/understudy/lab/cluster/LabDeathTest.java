// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabDeathTest {
  @TempDir Path stateRoot;

  @BeforeEach
  void needRoot() {
    LabFixture.needRoot();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"starting lab", "starting node a", "starting node b", "node a answers", "up "})
  void boundLabEndsWithItsProcessByKill9AndTheNextRunCleans(String when) throws Exception {
    killWhen(when, "lab-killed", true);
    assertThat(LabFixture.within5s(() -> LabFixture.processes(stateRoot).isEmpty()))
        .as("processes after SIGKILL: %s", LabFixture.processes(stateRoot))
        .isTrue();
    assertThat(LabFixture.mounts(stateRoot)).isEmpty();

    List<String> said = new ArrayList<>();
    Lab.up(
            LabFixture.cluster("lab-killed"),
            LabFixture.options("lab-killed", stateRoot).boundToThisProcess().progress(said::add))
        .close();
    assertThat(said).contains("removing what a killed run of lab lab-killed left");
    assertThat(LabFixture.hasCgroups(stateRoot, "lab-killed")).isFalse();
    assertThat(Files.exists(stateRoot.resolve("lab-killed"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"starting lab", "starting node b", "node a answers", "up "})
  void boundLabThatIsInterruptedLeavesNothing(String when) throws Exception {
    killWhen(when, "lab-stopped", false);
    assertThat(LabFixture.within5s(() -> LabFixture.processes(stateRoot).isEmpty()))
        .as("processes after SIGTERM: %s", LabFixture.processes(stateRoot))
        .isTrue();
    assertThat(LabFixture.hasCgroups(stateRoot, "lab-stopped")).isFalse();
    assertThat(Files.exists(stateRoot.resolve("lab-stopped"))).isFalse();
  }

  @Test
  void downRemovesWhatAKilledRunLeft() throws Exception {
    killWhen("up ", "lab-down", true);
    assertThat(LabFixture.within5s(() -> LabFixture.processes(stateRoot).isEmpty())).isTrue();
    assertThat(Lab.down(stateRoot, "lab-down")).isTrue();
    assertThat(LabFixture.hasCgroups(stateRoot, "lab-down")).isFalse();
    assertThat(Files.exists(stateRoot.resolve("lab-down"))).isFalse();
  }

  /** Starts a bound lab in a process of its own and ends that when it prints a line. */
  private void killWhen(String prefix, String name, boolean hard) throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BoundLabMain.class.getName(),
                name,
                stateRoot.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> said = new ArrayList<>();
      @Nullable String line = out.readLine();
      while (line != null && !line.startsWith(prefix)) {
        said.add(line);
        line = out.readLine();
      }
      assertThat(line).as("the victim said: %s", said).isNotNull();
      if (hard) {
        victim.destroyForcibly();
      } else {
        victim.destroy();
      }
    }
    assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }
}
