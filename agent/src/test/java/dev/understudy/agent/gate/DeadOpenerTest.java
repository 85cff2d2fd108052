// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.gate.Wire.Trial;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.Root;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate outlives the process that opened it, which lives in a time namespace of its own. */
class DeadOpenerTest {
  private static final long MILLI = 1_000_000L;
  private static final long SHIFT_SECONDS = 100_000;

  @TempDir Path folder;

  @Test
  @Tag("FO-36")
  void theDeadlineHoldsWhenItsSetterIsGone() throws Exception {
    Root.assumed();
    assumeTrue(Files.exists(Path.of("/proc/self/ns/time")), "needs a kernel with time namespaces");
    try (Link link = Link.create(folder);
        Wire wire = new Wire(link)) {
      try (OutputGate first = Gates.EBPF.attach(link)) {
        wire.warmUp(first);
      }
      assertThat(wire.tryOne().passed()).isFalse();
      String[] deadlines = openAndDie(link.neighbour()).split(" ", -1);
      long deadline = Long.parseLong(deadlines[0]) + Clock.hostBootOffsetNanos();
      assertThat(Long.parseLong(deadlines[1]) - Long.parseLong(deadlines[0]))
          .isEqualTo(SHIFT_SECONDS * 1_000_000_000L + Clock.hostBootOffsetNanos());

      List<Trial> trials = wire.tryUntil(deadline + 50 * MILLI);
      assertThat(trials).anyMatch(Trial::passed).anyMatch(trial -> !trial.passed());
      assertThat(trials)
          .allMatch(trial ->
              trial.passed()
                  ? trial.fromNanos() < deadline
                  : trial.toNanos() + Wire.BACKLOG_NANOS >= deadline);
    }
  }

  private static String openAndDie(Path netns) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home", ""), "bin", "java").toString();
    long shift = SHIFT_SECONDS;
    Process child =
        new ProcessBuilder(
                List.of(
                    "unshare",
                    "--time",
                    "--boottime",
                    Long.toString(shift),
                    "--fork",
                    java,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path", ""),
                    GateOpener.class.getName(),
                    netns.toString(),
                    Link.NEIGHBOUR_DEVICE,
                    "2000"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] output = child.getInputStream().readAllBytes();
    assertThat(child.waitFor()).isEqualTo(9);
    return new String(output, StandardCharsets.US_ASCII).strip();
  }
}
