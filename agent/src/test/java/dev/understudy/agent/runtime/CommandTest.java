// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path folder = Path.of("");

  @Test
  void timeLimitKillsAndSaysSo() throws Exception {
    Command.Result result = Command.of("sleep", "50").run(Duration.ofMillis(50));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.how()).isEqualTo("did not end in time and was killed");
  }

  /** Whoever cleans up behind an interrupted program must not meet it. */
  @Test
  void interruptReturnsWhenTheProgramIsGone() throws Exception {
    Path number = folder.resolve("pid");
    Thread waiter = Thread.currentThread();
    Thread.ofPlatform()
        .start(() -> {
          while (!Files.exists(number)) {
            Thread.onSpinWait();
          }
          waiter.interrupt();
        });
    String script = "echo $$ >\"$1.new\"; mv \"$1.new\" \"$1\"; sleep 50";
    assertThatThrownBy(() -> Command.of("sh", "-c", script, "sh", number.toString()).run(LONG))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(number).strip()))).isEmpty();
  }
}
