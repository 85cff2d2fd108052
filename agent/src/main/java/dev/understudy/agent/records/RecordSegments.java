// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import com.fasterxml.jackson.core.JacksonException;
import dev.understudy.api.control.Json;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The records on disk: files of JSON lines, each of one stream, named {@code
 * ORDINAL-STREAM-FIRST.jsonl}. The oldest are deleted when all together are too long. One thread
 * writes; any thread reads, while it is written to.
 */
class RecordSegments implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile("([0-9]{12})-([0-9a-f]{32})-([0-9]{1,18})\\.jsonl");

  private record Segment(long ordinal, String stream, long first, Path file) {}

  private final Path folder;
  private final long segmentBytes;
  private final long allBytes;
  private @Nullable RandomAccessFile out;
  private long written;

  /**
   * Starts with what is in the folder.
   *
   * @param segmentBytes after so much a new file is begun
   * @param allBytes of all files together, at most; one file more while it is written
   */
  RecordSegments(Path folder, long segmentBytes, long allBytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.segmentBytes = segmentBytes;
    this.allBytes = allBytes;
  }

  /** Appends, all of it or nothing. */
  void append(NodeRecord next) throws IOException {
    byte[] line = (Json.mapper().writeValueAsString(next) + "\n").getBytes(StandardCharsets.UTF_8);
    RandomAccessFile current = openFor(next);
    boolean done = false;
    try {
      current.write(line);
      written += line.length;
      done = true;
    } finally {
      if (!done) {
        takeBack(current);
      }
    }
  }

  /**
   * A full disk took a part of a line. The file goes on where that part began: a new file for each
   * record that fails would be thousands of empty ones.
   */
  private void takeBack(RandomAccessFile current) throws IOException {
    boolean done = false;
    try {
      current.setLength(written);
      current.seek(written);
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private RandomAccessFile openFor(NodeRecord next) throws IOException {
    RandomAccessFile current = out;
    if (current != null && written < segmentBytes) {
      return current;
    }
    close();
    List<Segment> segments = list();
    deleteOldest(segments);
    long ordinal = segments.isEmpty() ? 1 : segments.getLast().ordinal() + 1;
    Path file =
        folder.resolve("%012d-%s-%d.jsonl".formatted(ordinal, next.stream(), next.sequence()));
    RandomAccessFile fresh = new RandomAccessFile(Files.createFile(file).toFile(), "rw");
    out = fresh;
    written = 0;
    return fresh;
  }

  private void deleteOldest(List<Segment> segments) throws IOException {
    long bytes = 0;
    for (Segment segment : segments.reversed()) {
      bytes += Files.size(segment.file());
      if (bytes > allBytes) {
        Files.delete(segment.file());
      }
    }
  }

  /** What is behind that place, in order; everything when no file knows the place any more. */
  List<NodeRecord> after(RecordCursor cursor, int most) throws IOException {
    List<Segment> segments = list();
    int from = 0;
    boolean known = false;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment.stream().equals(cursor.stream())) {
        // The place is in the last file that begins before it, or ahead of the stream's first one.
        from = segment.first() <= cursor.sequence() || !known ? i : from;
        known = true;
      }
    }
    List<NodeRecord> found = new ArrayList<>();
    for (Segment segment : segments.subList(from, segments.size())) {
      boolean same = segment.stream().equals(cursor.stream());
      read(segment, same ? cursor.sequence() : 0, most, found);
      if (found.size() == most) {
        break;
      }
    }
    return found;
  }

  private static void read(Segment segment, long after, int most, List<NodeRecord> into)
      throws IOException {
    // A crash may have cut a character in two, which this reader replaces and does not refuse.
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(segment.file()), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null && into.size() < most) {
        try {
          NodeRecord found = Json.mapper().readValue(line, NodeRecord.class);
          if (found.sequence() > after) {
            into.add(found);
          }
        } catch (JacksonException cutOff) {
          // A line that a crash cut off: its record is lost, the rest is not.
        }
        line = lines.readLine();
      }
    } catch (NoSuchFileException deleted) {
      // Deleted as the oldest since the folder was listed: its records are lost, as is due.
    }
  }

  private List<Segment> list() throws IOException {
    List<Segment> segments = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          long ordinal = Long.parseLong(name.group(1));
          segments.add(new Segment(ordinal, name.group(2), Long.parseLong(name.group(3)), file));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    segments.sort(Comparator.comparingLong(Segment::ordinal));
    return segments;
  }

  @Override
  public void close() throws IOException {
    RandomAccessFile current = out;
    out = null;
    if (current != null) {
      current.close();
    }
  }
}
