// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.control.Subscription;
import dev.understudy.api.control.ReignNews;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to every agent of a lab and passes on who is active, each reign once and never an
 * older one after a newer. A thread for each node asks; who does not answer is asked again.
 */
public final class ReignWatch implements AutoCloseable {
  private static final long WAIT_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 100;

  private final LabParts parts;
  private final String name;
  private final Consumer<ReignNews> sink;
  private final Subscription subscription;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean over;

  private ReignWatch(LabParts parts, String name, Consumer<ReignNews> sink) {
    this.parts = parts;
    this.name = name;
    this.sink = sink;
    this.subscription = new Subscription(name);
  }

  /**
   * Subscribes.
   *
   * @param sink called on threads of its own, one after the other
   */
  static ReignWatch start(LabParts parts, Consumer<ReignNews> sink) {
    long pid = ProcessHandle.current().pid();
    ReignWatch watch = new ReignWatch(parts, "watch-" + pid + "-" + System.nanoTime(), sink);
    for (LabRecord.Node node : parts.record().nodes()) {
      watch.threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("watch-" + node.name())
              .uncaughtExceptionHandler((_, broken) -> watch.end(broken))
              .start(() -> watch.follow(node.name())));
    }
    return watch;
  }

  private void follow(String node) {
    boolean subscribed = false;
    while (!over) {
      try {
        Optional<ProcessMark> init = parts.node(node).alive();
        if (init.isEmpty()) {
          subscribed = false;
          Pause.millis(RETRY_MILLIS);
          continue;
        }
        if (!subscribed) {
          parts.control().subscribe(init.get(), name);
          subscribed = true;
        }
        for (ReignNews news : parts.control().news(init.get(), name, WAIT_MILLIS)) {
          parts.control().acknowledge(init.get(), heard(news));
        }
      } catch (IOException | LabException notNow) {
        // It has crashed, or was restarted and has forgotten its subscribers.
        subscribed = false;
        if (!over) {
          pause();
        }
      }
    }
  }

  private void pause() {
    try {
      Pause.millis(RETRY_MILLIS);
    } catch (LabException interrupted) {
      over = true;
    }
  }

  private synchronized ReignNews heard(ReignNews news) {
    Subscription.Heard heard = subscription.hear(news);
    heard.change().filter(_ -> !over).ifPresent(sink);
    return heard.answer();
  }

  private void end(Throwable broken) {
    failure.compareAndSet(null, broken);
    close();
    ended.countDown();
  }

  /**
   * Waits for so long.
   *
   * @throws IllegalStateException when the sink, or a thread of this, broke
   */
  public void listen(long millis) throws LabException {
    try {
      boolean _ = ended.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted.", e);
    }
    Throwable broken = failure.get();
    if (broken != null) {
      throw new IllegalStateException("watching broke: " + broken.getMessage(), broken);
    }
  }

  /** Ends it; nothing is passed on afterwards. The agents forget the subscriber by and by. */
  @Override
  public void close() {
    synchronized (this) {
      over = true;
    }
    threads.forEach(Thread::interrupt);
  }
}
