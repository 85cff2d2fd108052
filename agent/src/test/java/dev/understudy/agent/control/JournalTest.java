// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.NodeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  @Test
  void numbersEventsInTheOrderOfTheirRecording() throws IOException {
    try (Journal journal = Journal.open(folder.resolve("events"), "a", 3)) {
      journal.record(7, "count", "woken", "epoch", "3@a");
      journal.record(8, "", "disk-failed");
      List<NodeEvent> all = journal.after(0);
      assertThat(all).extracting(NodeEvent::sequence).containsExactly(1L, 2L);
      assertThat(all).extracting(NodeEvent::kind).containsExactly("woken", "disk-failed");
      assertThat(all.getFirst().details()).containsEntry("epoch", "3@a");
      assertThat(journal.after(1)).hasSize(1);
    }
  }

  @Test
  void keepsTheNewestEventsOnDiskWithinTwoFiles() throws IOException {
    Path file = folder.resolve("events");
    try (Journal journal = Journal.open(file, "a", 3, 2_000)) {
      for (int i = 0; i < 100; i++) {
        journal.record(i, "count", "captured");
      }
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("events.1")));
    lines.addAll(Files.readAllLines(file));
    assertThat(Files.size(file)).isLessThanOrEqualTo(2_000);
    assertThat(Files.size(folder.resolve("events.1"))).isLessThanOrEqualTo(2_000);
    assertThat(lines).hasSizeBetween(10, 90);
    assertThat(lines.getLast()).contains("100");
  }

  /** A file that takes nothing, as a full disk's. */
  @Test
  void countsWhatTheDiskDoesNotTake() throws IOException {
    try (Journal journal = Journal.open(Path.of("/dev/full"), "a", 3)) {
      journal.record(7, "count", "woken");
      long end = System.nanoTime() + 10_000_000_000L;
      while (journal.lost() == 0 && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(journal.lost()).isEqualTo(1);
      assertThat(journal.after(0)).hasSize(1);
    }
  }

  @Test
  void whoCannotTakeAnEventEndsTheWriterLoudlyAndTheEventIsOnDisk() throws Exception {
    Path file = folder.resolve("events");
    CompletableFuture<Throwable> broken = new CompletableFuture<>();
    Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> broken.complete(thrown));
    try (Journal journal = Journal.open(file, "a", 3)) {
      journal.follow(event -> Long.parseLong(event.workload()));
      journal.record(7, "count", "woken");
      assertThat(broken.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("woken")
          .hasCauseInstanceOf(NumberFormatException.class);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(former);
    }
    assertThat(Files.readString(file)).contains("woken");
  }
}
