// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import dev.understudy.agent.linux.Clock;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes records from any thread without waiting, writes them on a thread of its own, and tells what
 * is written. When the disk falls behind by {@value #QUEUE} records, newer ones are lost and leave
 * a gap in the sequence, so that whoever collects them can say so.
 */
public final class RecordJournal implements AutoCloseable {
  static final int QUEUE = 1_024;

  private static final int REMEMBERED = 512;
  private static final long SEGMENT_BYTES = 1L << 20;
  private static final long ALL_BYTES = 64L << 20;
  private static final int STREAM_BYTES = 16;
  private static final long HUNG_MILLIS = 1_000;

  private final String node;
  private final long incarnation;
  private final String stream;
  private final RecordSegments segments;
  private final BlockingQueue<NodeRecord> toDisk = new ArrayBlockingQueue<>(QUEUE);
  private final Thread writer;

  /** The newest that are on disk; guarded by itself, as is all below. */
  private final Deque<NodeRecord> newest = new ArrayDeque<>();

  private boolean closed;

  private long written;

  /** How many records the disk has taken or refused. */
  private final AtomicLong tried = new AtomicLong();

  /** Known to the writer alone: the last record could not be written. */
  private boolean failing;

  /** Guarded by {@link #toDisk}. */
  private long sequence;

  private RecordJournal(String node, long incarnation, String stream, RecordSegments segments) {
    this.node = node;
    this.incarnation = incarnation;
    this.stream = stream;
    this.segments = segments;
    this.writer = Thread.ofPlatform().daemon().name("records").unstarted(this::write);
  }

  /** Opens the journal in that folder and begins a new stream. */
  public static RecordJournal open(Path folder, String node, long incarnation) throws IOException {
    return open(new RecordSegments(folder, SEGMENT_BYTES, ALL_BYTES), node, incarnation);
  }

  static RecordJournal open(RecordSegments segments, String node, long incarnation) {
    byte[] random = new byte[STREAM_BYTES];
    new SecureRandom().nextBytes(random);
    String stream = HexFormat.of().formatHex(random);
    RecordJournal journal = new RecordJournal(node, incarnation, stream, segments);
    journal.writer.start();
    return journal;
  }

  /**
   * Keeps what was measured; never waits for the disk.
   *
   * @param beganBootNanos CLOCK_BOOTTIME at which it began
   */
  public void keep(String workload, long beganBootNanos, Figures figures) {
    long agoMillis = (Clock.bootNanos() - beganBootNanos) / 1_000_000;
    long wallMillis = System.currentTimeMillis() - agoMillis;
    synchronized (toDisk) {
      NodeRecord fresh =
          new NodeRecord(
              stream, ++sequence, node, incarnation, workload, wallMillis, beganBootNanos, figures);
      // What does not fit is lost; the gap in the sequence tells.
      boolean _ = toDisk.offer(fresh);
    }
  }

  private void write() {
    try {
      while (true) {
        write(toDisk.take());
      }
    } catch (InterruptedException end) {
      List<NodeRecord> rest = new ArrayList<>();
      toDisk.drainTo(rest);
      rest.forEach(this::write);
    }
  }

  private void write(NodeRecord next) {
    boolean taken = append(next);
    tried.incrementAndGet();
    if (!taken) {
      return;
    }
    synchronized (newest) {
      newest.addLast(next);
      written++;
      if (newest.size() > REMEMBERED) {
        newest.removeFirst();
      }
      newest.notifyAll();
    }
  }

  private boolean append(NodeRecord next) {
    try {
      segments.append(next);
      failing = false;
      return true;
    } catch (IOException e) {
      // The disk may have room again later: what is lost leaves a gap, the rest is written.
      if (!failing) {
        System.err.println("the records cannot be written: " + e);
      }
      failing = true;
      return false;
    }
  }

  /**
   * The records behind a place, oldest first, of former starts as well. Only what is on disk is
   * told, so that nothing is known elsewhere that a restarted agent does not know.
   *
   * @param most so many at most
   * @param waitMillis how long to wait for the first one
   */
  public RecordPage after(RecordCursor cursor, int most, long waitMillis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    long seen = written();
    List<NodeRecord> found = now(cursor, most);
    while (found.isEmpty() && await(seen, end)) {
      seen = written();
      found = now(cursor, most);
    }
    String next = found.isEmpty() ? cursor.text() : found.getLast().cursor().text();
    return new RecordPage(node, next, found);
  }

  private List<NodeRecord> now(RecordCursor cursor, int most) throws IOException {
    synchronized (newest) {
      boolean remembered =
          cursor.stream().equals(stream)
              && !newest.isEmpty()
              && newest.getFirst().sequence() <= cursor.sequence() + 1;
      if (remembered) {
        return newest.stream().filter(r -> r.sequence() > cursor.sequence()).limit(most).toList();
      }
    }
    return segments.after(cursor, most);
  }

  private long written() {
    synchronized (newest) {
      return written;
    }
  }

  /** Waits for a record behind so many; false when none came in time. */
  private boolean await(long seen, long end) {
    synchronized (newest) {
      try {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        while (written == seen && left > 0 && !closed) {
          newest.wait(left);
          left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        return written != seen && !closed;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /** Writes what was kept before, unless the disk needs more than a second for one record. */
  @Override
  public void close() throws IOException {
    synchronized (newest) {
      closed = true;
      newest.notifyAll();
    }
    writer.interrupt();
    boolean hung = false;
    try {
      while (writer.isAlive() && !hung) {
        long before = tried.get();
        writer.join(HUNG_MILLIS);
        hung = writer.isAlive() && tried.get() == before;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (writer.isAlive()) {
      // The file is the writer's, and ends with this process; what was not written leaves a gap.
      System.err.println("the records cannot be written: the disk does not answer");
      return;
    }
    segments.close();
  }
}
