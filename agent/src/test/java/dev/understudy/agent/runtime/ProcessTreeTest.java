// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessTreeTest {
  private @Nullable Process program;

  @AfterEach
  void end() throws Exception {
    if (program != null) {
      program.descendants().forEach(ProcessHandle::destroyForcibly);
      program.destroyForcibly().waitFor();
    }
  }

  @Test
  void programThatWasFrozenWhileItWasCapturedStandsAfterwards() throws Exception {
    ProcessTree tree = start("sleep", "60");
    assertThat(tree.beginCapture()).isTrue();
    assertThat(tree.freeze()).isTrue();
    assertThat(tree.endCapture()).isTrue();
    assertThat(tree.stopped()).isTrue();
    assertThat(tree.beginCapture()).as("of a frozen one").isFalse();
  }

  /** A process that has called vfork(2) meets no stop until its child has ended. */
  @Test
  void programThatCannotBeStoppedIsToldOf() throws Exception {
    assumeTrue(System.getProperty("os.arch", "").equals("amd64"), "knows vfork's number on x86-64");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    ProcessTree tree = start("/usr/bin/perl", "-e", "if (syscall(58) == 0) { sleep 60; }");
    // Before it has a child, it may wait for a disk, which ends.
    while (tree.refresh().length < 2 || state(tree.root()) != 'D') {
      Thread.onSpinWait();
    }
    assertThat(tree.beginCapture()).isTrue();
    assertThat(tree.freeze()).isTrue();
    assertThat(tree.endCapture()).isFalse();
  }

  @Test
  void endTakesChildrenAlongAndFindsNothingAfterwards() throws Exception {
    ProcessTree tree = start("sh", "-c", "sleep 60 & sleep 60 & wait");
    while (tree.refresh().length < 3) {
      Thread.onSpinWait();
    }
    int[] all = tree.pids();
    tree.end();
    assertThat(tree.alive()).isFalse();
    for (int i = 1; i < all.length; i++) {
      assertThat(new ProcessTree(all[i]).awaitEnd(5_000_000_000L)).as("child %d", i).isTrue();
    }
    tree.end();
  }

  private ProcessTree start(String... command) throws IOException {
    Process started = new ProcessBuilder(command).start();
    program = started;
    return new ProcessTree(Math.toIntExact(started.pid()));
  }

  private static char state(int pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }
}
