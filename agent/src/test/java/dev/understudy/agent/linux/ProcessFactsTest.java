// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFactsTest {
  @TempDir Path folder = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        folder.resolve("status"),
        "Name:\tsh\nUid:\t1000\t0\t0\t0\nGid:\t7\t8\t8\t8\nCapEff:\t0000000000201000\n");
    Files.writeString(
        folder.resolve("limits"),
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max open files            1024                 20000                files
        """);
  }

  @Test
  void filesAreRead() throws IOException {
    ProcessFacts facts = new ProcessFacts(folder);
    assertThat(facts.realUid()).isEqualTo(1000);
    assertThat(facts.effectiveUid()).isZero();
    assertThat(facts.realGid()).isEqualTo(7);
    assertThat(facts.openFilesMost()).hasValue(20_000);
    assertThat(Capability.values())
        .filteredOn(c -> c.in(capabilities(facts)))
        .containsExactly(Capability.CAP_NET_ADMIN, Capability.CAP_SYS_ADMIN);
  }

  @Test
  void unlimitedIsNoNumberAndMissingLinesAreSaid() throws IOException {
    Files.writeString(folder.resolve("limits"), "Max open files  unlimited  unlimited  files\n");
    assertThat(new ProcessFacts(folder).openFilesMost()).isEmpty();
    Files.writeString(folder.resolve("status"), "Name:\tsh\n");
    assertThatThrownBy(() -> new ProcessFacts(folder).realUid()).hasMessageContaining("Uid:");
  }

  @Test
  void thisProcessIsFound() throws IOException {
    assertThat(ProcessFacts.self().capabilities())
        .isEqualTo(ProcessFacts.of(ProcessHandle.current().pid()).capabilities());
  }

  private static long capabilities(ProcessFacts facts) {
    try {
      return facts.capabilities();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoRunsDoesNotStandAndWhoIsStoppedOrGoneDoes() throws Exception {
    assertThat(ProcessFacts.self().stands()).isFalse();
    Process process = new ProcessBuilder("sleep", "60").start();
    ProcessFacts facts = ProcessFacts.of(process.pid());
    try {
      assertThat(facts.stands()).isFalse();
      Signals.kill(process.pid(), Signals.SIGSTOP);
      while (!facts.stands()) {
        Thread.onSpinWait();
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(facts.stands()).isTrue();
  }
}
