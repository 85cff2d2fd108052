// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.RecordCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows agents and keeps their records in a database, one thread for each agent. The place up to
 * which an agent is known is kept with the records themselves, so a collector that ends anywhere
 * goes on there, and a database that is away loses nothing that the agents still have. An agent
 * notices none of it.
 */
public final class Collector implements AutoCloseable {
  private static final long RETRY_MILLIS = 1_000;

  /** An agent waits for records before it says that there are none: faster is not its way. */
  private static final long SOON_NANOS = 50_000_000;

  private final String cluster;
  private final Agents agents;
  private final DatabaseAddress address;
  private final Consumer<String> progress;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong kept = new AtomicLong();

  /** Guarded by this; null while the database is away. */
  private @Nullable RecordStore store;

  /**
   * Collects nothing yet.
   *
   * @param cluster whose agents these are; keeps nodes of equal names apart
   * @param progress told what goes wrong, and what works again, in one sentence each
   */
  public Collector(
      String cluster, Agents agents, DatabaseAddress address, Consumer<String> progress) {
    this.cluster = cluster;
    this.agents = agents;
    this.address = address;
    this.progress = progress;
  }

  /** Collects from now on, on threads of its own. */
  public void start() {
    for (String node : agents.nodes()) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("records of " + node)
              .uncaughtExceptionHandler((_, broken) -> end(broken))
              .start(() -> follow(node)));
    }
  }

  private void end(Throwable broken) {
    failure.compareAndSet(null, broken);
    ending.countDown();
  }

  /**
   * Waits until it is closed.
   *
   * @throws IllegalStateException when a thread of it broke; then it ends as a whole, since it
   *     would leave the records of one node out
   */
  public void await() throws InterruptedException {
    ending.await();
    Throwable broken = failure.get();
    if (broken != null) {
      throw new IllegalStateException("collecting records broke: " + broken.getMessage(), broken);
    }
  }

  /** How many records were new to the database. */
  public long kept() {
    return kept.get();
  }

  private void follow(String node) {
    Trouble database = new Trouble("database", progress);
    Trouble agent = new Trouble("node " + node, progress);
    String source = cluster + "/" + node;
    RecordCursor cursor = RecordCursor.START;
    boolean placed = false;
    while (!ending()) {
      try {
        if (!placed) {
          cursor = store().position(source);
          placed = true;
          database.over();
        }
        long asked = System.nanoTime();
        Pages page = Pages.read(node, agents.records(node, cursor.text()));
        agent.over();
        if (!page.next().equals(cursor)) {
          kept.addAndGet(store().add(source, page.next(), page.records()));
          tell(node, page, cursor);
          cursor = page.next();
          database.over();
        } else if (System.nanoTime() - asked < SOON_NANOS) {
          pause();
        }
      } catch (IOException e) {
        agent.arose(String.valueOf(e.getMessage()));
        pause();
      } catch (StoreException e) {
        letGo();
        database.arose(String.valueOf(e.getMessage()));
        pause();
      }
    }
  }

  private void tell(String node, Pages page, RecordCursor cursor) {
    long missing = page.missing(cursor);
    if (missing > 0) {
      progress.accept("node " + node + ": " + missing + " records were lost before they were told");
    }
    page.refused().forEach(why -> progress.accept("node " + node + ": refused " + why));
  }

  private synchronized RecordStore store() throws StoreException {
    RecordStore current = store;
    if (current == null) {
      current = RecordStore.open(address);
      store = current;
    }
    return current;
  }

  private synchronized void letGo() {
    RecordStore former = store;
    store = null;
    if (former != null) {
      try {
        former.close();
      } catch (StoreException gone) {
        // It is given up because it does not answer; a new one is opened.
      }
    }
  }

  private boolean ending() {
    return ending.getCount() == 0;
  }

  private void pause() {
    try {
      boolean _ = ending.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      ending.countDown();
    }
  }

  /** Ends after what is under way; waits for it. */
  @Override
  public void close() {
    ending.countDown();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    letGo();
  }
}
