// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.control.Json;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Agents whose records grow when the test wants it, answering as real ones do. */
final class ScriptedAgents implements Agents, AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long WAIT_MILLIS = 100;

  private final List<String> nodes;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private long length;
  private boolean silent;
  private boolean closed;

  ScriptedAgents(String... nodes) {
    this.nodes = List.of(nodes);
  }

  /** Every node has so many records more. */
  synchronized void grow(int more) {
    length += more;
    notifyAll();
  }

  /** Whether nobody answers. */
  synchronized void silent(boolean now) {
    silent = now;
  }

  void said(String sentence) {
    said.add(sentence);
  }

  List<String> said() {
    return said;
  }

  @Override
  public List<String> nodes() {
    return nodes;
  }

  @Override
  public byte[] records(String node, String text) throws IOException {
    RecordCursor cursor = RecordCursor.parse(text);
    long from = cursor.sequence() + 1;
    long to;
    synchronized (this) {
      if (silent) {
        throw new IOException("does not answer");
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
      long left = WAIT_MILLIS;
      while (length < from && left > 0 && !closed) {
        try {
          wait(left);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
      to = Math.min(length, from + RecordPage.RECORDS_MOST - 1);
    }
    List<NodeRecord> page = new ArrayList<>();
    for (long sequence = from; sequence <= to; sequence++) {
      page.add(of(node, sequence));
    }
    String next = page.isEmpty() ? text : page.getLast().cursor().text();
    return Json.mapper().writeValueAsBytes(new RecordPage(node, next, page));
  }

  static NodeRecord of(String node, long sequence) {
    NodeRecord a = Samples.checkpoint(sequence);
    return new NodeRecord(
        a.stream(), sequence, node, 3, "count", a.wallMillis(), a.bootNanos(), a.figures());
  }

  void awaitKept(Collector collector, long records) {
    await(() -> collector.kept() == records, records + " records, not " + collector.kept());
  }

  void awaitSaid(String part) {
    await(() -> said.stream().anyMatch(s -> s.contains(part)), "\"" + part + "\"");
  }

  private void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what + "; said: " + said);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
