// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The events of this agent: the newest ones in memory, all of them as JSON lines on disk. Writing
 * to disk is another thread's work, so that the duty cycle never waits for it; when the disk falls
 * behind by {@value #QUEUE} events, the file loses some and says how many.
 */
public final class Journal implements AutoCloseable {
  private static final int REMEMBERED = 2_000;
  private static final int QUEUE = 4_096;

  private final String node;
  private final long incarnation;
  private final Deque<NodeEvent> newest = new ArrayDeque<>();
  private final BlockingQueue<NodeEvent> toDisk = new ArrayBlockingQueue<>(QUEUE);
  private final Thread writer;
  private long sequence;
  private final AtomicLong lost = new AtomicLong();
  private volatile Consumer<NodeEvent> follower = _ -> {};

  private Journal(String node, long incarnation, OutputStream out) {
    this.node = node;
    this.incarnation = incarnation;
    this.writer = Thread.ofPlatform().daemon().name("journal").unstarted(() -> write(out));
  }

  /** Opens the journal; the file is appended to. */
  public static Journal open(Path file, String node, long incarnation) throws IOException {
    OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Journal journal = new Journal(node, incarnation, out);
    journal.writer.start();
    return journal;
  }

  /**
   * Records an event that happened at that time; never blocks.
   *
   * @param details names and values in turn
   */
  public void record(long bootNanos, String workload, String kind, String... details) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i + 1 < details.length; i += 2) {
      map.put(details[i], details[i + 1]);
    }
    synchronized (newest) {
      NodeEvent event =
          new NodeEvent(
              ++sequence, incarnation, bootNanos, node, workload, kind, new TreeMap<>(map));
      newest.addLast(event);
      if (newest.size() > REMEMBERED) {
        newest.removeFirst();
      }
      if (!toDisk.offer(event)) {
        lost.incrementAndGet();
      }
    }
  }

  /** Has every event from now on told to somebody as well, on the thread that writes them. */
  public void follow(Consumer<NodeEvent> newFollower) {
    follower = newFollower;
  }

  /** Events above that sequence, oldest first, as far as memory goes back. */
  public List<NodeEvent> after(long afterSequence) {
    synchronized (newest) {
      return newest.stream().filter(e -> e.sequence() > afterSequence).toList();
    }
  }

  /** How many events the file lacks. */
  public long lost() {
    return lost.get();
  }

  private void write(OutputStream out) {
    boolean failing = false;
    try (out) {
      while (true) {
        NodeEvent event = toDisk.take();
        follower.accept(event);
        String line = line(event) + "\n";
        // After a failure the file may end within a line.
        String text = failing ? "\n" + line : line;
        try {
          out.write(text.getBytes(StandardCharsets.UTF_8));
          failing = false;
        } catch (IOException e) {
          // The disk may have room again later: what is lost is counted, the rest is written.
          lost.incrementAndGet();
          if (!failing) {
            System.err.println("the event journal cannot be written: " + e.getMessage());
          }
          failing = true;
        }
      }
    } catch (IOException e) {
      System.err.println("the event journal ended: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String line(NodeEvent event) throws JsonProcessingException {
    return Json.mapper().writeValueAsString(event);
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
