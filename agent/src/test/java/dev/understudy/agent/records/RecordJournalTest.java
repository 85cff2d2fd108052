// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.control.Refused;
import dev.understudy.agent.linux.Clock;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordJournalTest {
  private static final long WAIT_MILLIS = 10_000;

  @TempDir Path folder;

  private static void keep(RecordJournal journal, int bytes) {
    journal.keep(
        "count",
        Clock.bootNanos(),
        new Figures.Restore("3@a/1", "", 5, 1, bytes, CriuRestore.UNKNOWN));
  }

  /** Everything behind a place, page by page, until that many have come. */
  private static List<NodeRecord> all(RecordJournal journal, RecordCursor from, int most, int count)
      throws IOException {
    List<NodeRecord> found = new ArrayList<>();
    RecordCursor cursor = from;
    while (found.size() < count) {
      RecordPage page = journal.after(cursor, most, WAIT_MILLIS);
      assertThat(page.records()).as("after " + found.size()).isNotEmpty().hasSizeLessThan(most + 1);
      found.addAll(page.records());
      cursor = RecordCursor.parse(page.next());
    }
    return found;
  }

  @Test
  void recordsOfFormerStartsAreToldFirst() throws Exception {
    RecordCursor middle;
    try (RecordJournal first = RecordJournal.open(folder, "a", 1)) {
      LongStream.range(0, 700).forEach(i -> keep(first, (int) i));
      middle = all(first, RecordCursor.START, 100, 700).get(349).cursor();
    }
    try (RecordJournal second = RecordJournal.open(folder, "a", 2)) {
      keep(second, 7);
      List<NodeRecord> found = all(second, middle, 100, 351);
      assertThat(found.stream().map(NodeRecord::sequence))
          .containsExactlyElementsOf(
              LongStream.concat(LongStream.rangeClosed(351, 700), LongStream.of(1))
                  .boxed()
                  .toList());
      assertThat(found.getLast().incarnation()).isEqualTo(2);
      RecordCursor end = found.getLast().cursor();
      assertThat(second.after(end, 100, 0)).isEqualTo(new RecordPage("a", end.text(), List.of()));
      RecordCursor unknown = new RecordCursor("f".repeat(32), 5);
      assertThat(all(second, unknown, 500, 701)).hasSize(701);
    }
  }

  @Test
  void theOldestFilesGo() throws Exception {
    RecordSegments segments = new RecordSegments(folder, 4_000, 20_000);
    try (RecordJournal journal = RecordJournal.open(segments, "a", 1)) {
      for (int i = 1; i <= 1_000; i++) {
        keep(journal, i);
      }
      RecordCursor cursor = RecordCursor.START;
      while (cursor.sequence() < 1_000) {
        cursor = RecordCursor.parse(journal.after(cursor, 500, WAIT_MILLIS).next());
      }
      RecordPage page = journal.after(RecordCursor.START, 500, WAIT_MILLIS);
      assertThat(page.records().getFirst().sequence()).isGreaterThan(500);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.mapToLong(f -> f.toFile().length()).sum()).isBetween(15_000L, 25_000L);
    }
  }

  @Test
  void aLineThatWasCutOffIsLeftOut() throws Exception {
    try (RecordJournal journal = RecordJournal.open(folder, "a", 1)) {
      keep(journal, 1);
      keep(journal, 2);
      assertThat(all(journal, RecordCursor.START, 10, 2)).hasSize(2);
    }
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      Files.write(file, new byte[] {'{', '"', (byte) 0xc3}, StandardOpenOption.APPEND);
    }
    try (RecordJournal journal = RecordJournal.open(folder, "a", 2)) {
      keep(journal, 3);
      assertThat(all(journal, RecordCursor.START, 10, 3)).hasSize(3);
    }
  }

  @Test
  @Timeout(60)
  void aDiskThatFailsStopsNobodyAndLeavesAGap() throws Exception {
    Path disk = folder.resolve("disk");
    RecordSegments segments = new RecordSegments(disk, 1, 1_000_000);
    try (RecordJournal journal = RecordJournal.open(segments, "a", 1)) {
      keep(journal, 1);
      RecordCursor first =
          journal.after(RecordCursor.START, 1, WAIT_MILLIS).records().getFirst().cursor();
      Path away = Files.move(disk, folder.resolve("away"));
      for (int i = 0; i < 20 * RecordJournal.QUEUE; i++) {
        keep(journal, i);
      }
      Files.move(away, disk);
      RecordCursor cursor = first;
      boolean gap = false;
      while (!gap) {
        keep(journal, 2);
        for (NodeRecord next : journal.after(cursor, 500, 10).records()) {
          gap |= next.sequence() > cursor.sequence() + 1;
          cursor = next.cursor();
        }
      }
    }
  }

  @Test
  void aFullDiskLeavesWholeLinesInOneFile() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount a small disk");
    Path disk = Files.createDirectory(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString());
    try (RecordSegments segments = new RecordSegments(disk.resolve("records"), 1 << 20, 1 << 26)) {
      segments.append(record(1));
      Path rest = disk.resolve("rest");
      assertThatThrownBy(() -> Files.write(rest, new byte[1 << 17])).hasMessageContaining("space");
      List<Long> kept = new ArrayList<>(List.of(1L));
      for (long i = 2; i <= 200; i++) {
        try {
          segments.append(record(i));
          kept.add(i);
        } catch (IOException full) {
          assertThat(full).hasMessageContaining("space");
        }
      }
      assertThat(kept).hasSizeLessThan(100);
      Files.delete(rest);
      segments.append(record(201));
      kept.add(201L);
      assertThat(segments.after(RecordCursor.START, 500).stream().map(NodeRecord::sequence))
          .containsExactlyElementsOf(kept);
      try (Stream<Path> files = Files.list(disk.resolve("records"))) {
        List<Path> all = files.toList();
        assertThat(all).hasSize(1);
        assertThat(Files.readAllLines(all.getFirst())).hasSize(kept.size());
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  private static NodeRecord record(long sequence) {
    Figures figures = new Figures.Restore("3@a/1", "", 5, 1, 7, CriuRestore.UNKNOWN);
    return new NodeRecord("0".repeat(32), sequence, "a", 1, "count", 1, 1, figures);
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor()).as("%s", List.of(command)).isZero();
  }

  @Test
  void whoWaitsHearsOfTheNextRecord() throws Exception {
    try (RecordJournal journal = RecordJournal.open(folder, "a", 1)) {
      Thread later = Thread.ofVirtual().start(() -> keep(journal, 1));
      assertThat(journal.after(RecordCursor.START, 10, WAIT_MILLIS).records()).hasSize(1);
      later.join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "../../etc/passwd", "0-0", "x"})
  void otherPlacesAreRefused(String after) throws Exception {
    try (RecordJournal journal = RecordJournal.open(folder, "a", 1)) {
      RecordRoute route = new RecordRoute(journal);
      assertThatThrownBy(() -> route.read(after, 0)).isInstanceOf(Refused.class);
      assertThat(route.read("", 1).records()).isEmpty();
    }
  }

  /** As one behind a network that is cut. */
  @Test
  @Timeout(60)
  void aDiskThatHangsHoldsNobodyUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    RecordSegments segments =
        new RecordSegments(folder, 4_000, 20_000) {
          @Override
          void append(NodeRecord next) {
            boolean waited = false;
            while (!waited) {
              try {
                never.await();
                waited = true;
              } catch (InterruptedException deaf) {
                // A system call that the kernel does not end hears nothing either.
              }
            }
          }
        };
    long begin = System.nanoTime();
    try (RecordJournal journal = RecordJournal.open(segments, "a", 1)) {
      keep(journal, 1);
    }
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
    never.countDown();
  }
}
