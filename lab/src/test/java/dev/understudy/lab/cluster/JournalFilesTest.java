// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFilesTest {
  @TempDir Path disk = Path.of("");

  private static String line(long sequence) throws Exception {
    return Json.mapper()
        .writeValueAsString(
            new NodeEvent(sequence, 1, 5, "a", "count", NodeEvent.LATE, new TreeMap<>()));
  }

  @Test
  void linesBehindATornOneAreRead() throws Exception {
    Files.writeString(disk.resolve("events.jsonl.1"), line(1) + "\n");
    String torn = line(3).substring(0, 20);
    Files.writeString(
        disk.resolve("events.jsonl"), "\n" + line(2) + "\n" + torn + "\n" + line(4) + "\n" + torn);
    assertThat(JournalFiles.read("a", disk))
        .extracting(NodeEvent::sequence)
        .containsExactly(1L, 2L, 4L);
  }

  @Test
  void nodeThatNeverRanHasNone() throws Exception {
    assertThat(JournalFiles.read("a", disk)).isEmpty();
  }
}
