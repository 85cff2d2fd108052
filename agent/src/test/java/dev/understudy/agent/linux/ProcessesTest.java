// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Signals, holds on processes, priorities, pipes. */
class ProcessesTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aPidFdSeesAnExit() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try (PidFd hold = PidFd.open(child.pid())) {
      Poller poller = new Poller(1);
      int index = poller.add(hold.fd());
      assertThat(hold.awaitExit(0)).isFalse();
      assertThat(poller.waitUntil(0)).isZero();
      assertThat(hold.signal(Signals.SIGTERM)).isTrue();
      assertThat(poller.waitUntil(Clock.bootNanos() + 5 * SECOND)).isEqualTo(1);
      assertThat(poller.ready(index)).isTrue();
      assertThat(hold.awaitExit(0)).isTrue();
      child.waitFor();
      assertThat(hold.signal(Signals.SIGKILL)).isFalse();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void stopAndContinueReachTheProcess() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try (PidFd hold = PidFd.open(child.pid())) {
      assertThat(Signals.kill(child.pid(), Signals.SIGSTOP)).isTrue();
      awaitState(child.pid(), "T");
      assertThat(Signals.kill(child.pid(), Signals.SIGCONT)).isTrue();
      awaitState(child.pid(), "S");
      assertThat(Signals.kill(child.pid(), Signals.SIGKILL)).isTrue();
      assertThat(hold.awaitExit(Clock.bootNanos() + 5 * SECOND)).isTrue();
      child.waitFor();
      assertThat(Signals.kill(child.pid(), 0)).isFalse();
      assertThatThrownBy(() -> PidFd.open(child.pid()))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("ESRCH");
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static void awaitState(long pid, String state) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    long deadline = Clock.bootNanos() + 5 * SECOND;
    Poller pause = new Poller(1);
    String seen = "";
    while (Clock.bootNanos() < deadline) {
      seen = Files.readString(stat).split(" ", -1)[2];
      if (seen.equals(state)) {
        return;
      }
      pause.waitUntil(Clock.bootNanos() + 1_000_000);
    }
    throw new AssertionError("process " + pid + " is in state " + seen + ", not " + state);
  }

  @Test
  void groupsAreNeverSignalled() {
    assertThatThrownBy(() -> Signals.kill(-1, Signals.SIGKILL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Signals.kill(0, Signals.SIGKILL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void prioritiesConcernTheCallingThreadAndNotItsChildren() throws Exception {
    Root.assumed();
    AtomicReference<List<String>> seen = new AtomicReference<>(List.of());
    AtomicReference<List<Attempt>> tried = new AtomicReference<>(List.of());
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              tried.set(
                  List.of(
                      Scheduling.niceThisThread(5),
                      Scheduling.timerSlack(1),
                      Scheduling.tryRealTime(10)));
              seen.set(List.of(policy("thread-self"), policyOfChild()));
            });
    thread.join();
    assertThat(tried.get()).allSatisfy(attempt -> assertThat(attempt.worked()).isTrue());
    assertThat(seen.get()).containsExactly("1", "0");
    assertThat(policy("thread-self")).isEqualTo("0");
  }

  /** Field 41 of stat, counted behind the name, which may hold blanks. */
  private static String policy(String process) {
    try {
      String stat = Files.readString(Path.of("/proc", process, "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String policyOfChild() {
    try {
      Process child = new ProcessBuilder("sleep", "60").start();
      try {
        return policy(Long.toString(child.pid()));
      } finally {
        child.destroyForcibly().waitFor();
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRefusedPriorityTellsWhy() {
    Attempt attempt = Scheduling.tryRealTime(1_000);
    assertThat(attempt.worked()).isFalse();
    assertThat(attempt.toString()).startsWith("real-time priority 1000: no, EINVAL (22)");
  }

  @Test
  void aPipeIsOpenedAnewByItsPath() throws IOException {
    try (Pipe pipe = Pipe.open()) {
      try (FileOutputStream writer =
          new FileOutputStream(Pipe.procPath(pipe.writeEnd()).toFile())) {
        writer.write("line".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      }
      pipe.closeWriteEnd();
      assertThat(Files.readString(Pipe.procPath(pipe.readEnd()))).isEqualTo("line");
    }
  }
}
