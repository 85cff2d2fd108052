// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessMarkTest {
  @Test
  void numberOfAnotherProcessIsNotKilled() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "30").start();
    try {
      ProcessMark real = ProcessMark.of(sleeper.pid()).orElseThrow();
      ProcessMark former = new ProcessMark(real.pid(), real.startTicks() - 1);
      assertThat(former.alive()).isFalse();
      assertThat(former.kill(1_000_000_000L)).isTrue();
      assertThat(sleeper.isAlive()).isTrue();
      assertThat(real.kill(5_000_000_000L)).isTrue();
      assertThat(sleeper.waitFor(5, TimeUnit.SECONDS)).isTrue();
      assertThat(real.alive()).isFalse();
    } finally {
      sleeper.destroyForcibly();
    }
  }
}
