// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.agent.runtime.BoundedFile;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The events of this agent: the newest ones in memory, and on disk as JSON lines in a file and one
 * former file. Writing is another thread's work, and recording takes no lock, so that the duty
 * cycle waits for nobody; when the disk falls behind by {@value #QUEUE} events, some are lost and
 * counted.
 */
public final class Journal implements AutoCloseable {
  private static final int REMEMBERED = 2_000;
  private static final int QUEUE = 4_096;
  private static final long FILE_BYTES = 8L << 20;
  private static final long END_MILLIS = 1_000;

  private final String node;
  private final long incarnation;
  private final BoundedFile file;
  private final Queue<Recorded> recorded = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong lost = new AtomicLong();
  private final Deque<NodeEvent> newest = new ArrayDeque<>();
  private final Deque<NodeEvent> unwritten = new ArrayDeque<>();
  private final Thread writer;
  private long sequence;
  private volatile Consumer<NodeEvent> follower = _ -> {};
  private volatile boolean closed;

  /** Known to the writer alone. */
  private End end = End.UNKNOWN;

  /** What the end of the file is. */
  private enum End {
    /** A former agent may have left a part of a line. */
    UNKNOWN,
    /** A whole line. */
    WHOLE,
    /** What the disk took of a line that it did not take; that was said. */
    TORN
  }

  /** An event before it has its place among the others. */
  private record Recorded(
      long bootNanos, String workload, String kind, Map<String, String> details) {}

  private Journal(BoundedFile file, String node, long incarnation) {
    this.file = file;
    this.node = node;
    this.incarnation = incarnation;
    this.writer = Thread.ofPlatform().daemon().name("journal").unstarted(this::write);
  }

  /**
   * Opens the journal.
   *
   * @param file is appended to; at 8 MiB it is renamed to {@code NAME.1} and begun again
   */
  public static Journal open(Path file, String node, long incarnation) throws IOException {
    return open(file, node, incarnation, FILE_BYTES);
  }

  static Journal open(Path file, String node, long incarnation, long fileBytes) throws IOException {
    BoundedFile bounded = new BoundedFile(file, fileBytes);
    bounded.append(new byte[0], 0);
    Journal journal = new Journal(bounded, node, incarnation);
    journal.writer.start();
    return journal;
  }

  /**
   * Records an event that happened at that time; never blocks.
   *
   * @param details names and values in turn
   */
  public void record(long bootNanos, String workload, String kind, String... details) {
    if (waiting.incrementAndGet() > QUEUE) {
      waiting.decrementAndGet();
      lost.incrementAndGet();
      return;
    }
    TreeMap<String, String> map = new TreeMap<>();
    for (int i = 0; i + 1 < details.length; i += 2) {
      map.put(details[i], details[i + 1]);
    }
    recorded.add(new Recorded(bootNanos, workload, kind, map));
    LockSupport.unpark(writer);
  }

  /**
   * Has every event from now on told to somebody as well, on the thread that writes them, once it
   * is written. An exception of theirs is a broken invariant, and ends the agent.
   */
  public void follow(Consumer<NodeEvent> newFollower) {
    follower = newFollower;
  }

  /** Events above that sequence, oldest first, as far as memory goes back. */
  public List<NodeEvent> after(long afterSequence) {
    synchronized (newest) {
      collect();
      return newest.stream().filter(e -> e.sequence() > afterSequence).toList();
    }
  }

  /** How many events the file lacks. */
  public long lost() {
    return lost.get();
  }

  /** Gives every event that was recorded its number; under the lock. */
  private void collect() {
    for (Recorded next = recorded.poll(); next != null; next = recorded.poll()) {
      waiting.decrementAndGet();
      NodeEvent event =
          new NodeEvent(
              ++sequence,
              incarnation,
              next.bootNanos,
              node,
              next.workload,
              next.kind,
              new TreeMap<>(next.details));
      newest.addLast(event);
      if (newest.size() > REMEMBERED) {
        newest.removeFirst();
      }
      if (unwritten.size() < QUEUE) {
        unwritten.addLast(event);
      } else {
        lost.incrementAndGet();
      }
    }
  }

  private void write() {
    while (true) {
      boolean last = closed;
      NodeEvent event;
      synchronized (newest) {
        collect();
        event = unwritten.pollFirst();
      }
      if (event != null) {
        write(event);
      } else if (last) {
        break;
      } else {
        LockSupport.park(this);
      }
    }
    try {
      file.close();
    } catch (IOException e) {
      System.err.println("the event journal ended: " + e.getMessage());
    }
  }

  private void write(NodeEvent event) {
    toDisk(event);
    try {
      follower.accept(event);
    } catch (RuntimeException e) {
      throw new IllegalStateException("who follows the events cannot take " + event, e);
    }
  }

  private void toDisk(NodeEvent event) {
    try {
      String text = (end == End.WHOLE ? "" : "\n") + line(event) + "\n";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      file.append(bytes, bytes.length);
      end = End.WHOLE;
    } catch (IOException e) {
      // The disk may have room again later: what is lost is counted, the rest is written.
      lost.incrementAndGet();
      if (end != End.TORN) {
        System.err.println("the event journal cannot be written: " + e.getMessage());
      }
      end = End.TORN;
    }
  }

  private static String line(NodeEvent event) throws JsonProcessingException {
    return Json.mapper().writeValueAsString(event);
  }

  /** Writes what was recorded before, unless the disk needs more than a second for it. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
