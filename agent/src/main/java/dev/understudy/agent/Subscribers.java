// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.control.Subscription;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.Clock;
import dev.understudy.api.control.ReignNews;
import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Hands announcements from the duty cycle, which never waits here, to subscribers that ask for
 * them. What to repeat, and until when, is the protocol's business; what does not fit into an
 * outbox is lost until then.
 */
final class Subscribers {
  private static final int MOST = 64;
  private static final int OUTBOX_MOST = 256;

  /** Who has not asked for so long has gone. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private static final class Outbox {
    private final ConcurrentLinkedQueue<Announcement> news = new ConcurrentLinkedQueue<>();
    private final Semaphore count = new Semaphore(0);
    private volatile long askedAt = Clock.bootNanos();
  }

  private final String self;
  private final Mailbox mailbox;
  private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();

  Subscribers(String self, Mailbox mailbox) {
    this.self = self;
    this.mailbox = mailbox;
  }

  /** On the duty cycle: what has to be told now. */
  void deliver(List<Announcement> announcements) {
    for (Announcement announcement : announcements) {
      Outbox outbox = outboxes.get(announcement.receiver());
      if (outbox != null && outbox.count.availablePermits() < OUTBOX_MOST) {
        outbox.news.add(announcement);
        outbox.count.release();
      }
    }
  }

  /** Somebody wants to be told; false when there are too many. */
  boolean subscribe(String subscriber) {
    expire();
    if (outboxes.size() >= MOST && !outboxes.containsKey(subscriber)) {
      return false;
    }
    outboxes.put(subscriber, new Outbox());
    mailbox.tell(at -> new Input.Subscribed(at, subscriber));
    return true;
  }

  private void expire() {
    long before = Clock.bootNanos() - PATIENCE_NANOS;
    for (String subscriber : List.copyOf(outboxes.keySet())) {
      Outbox outbox = outboxes.get(subscriber);
      if (outbox != null && outbox.askedAt < before && outboxes.remove(subscriber, outbox)) {
        mailbox.tell(at -> new Input.Unsubscribed(at, subscriber));
      }
    }
  }

  /**
   * What is there for a subscriber, at least one piece unless none comes within that time.
   *
   * @return empty when this agent does not know the subscriber, or not any more
   */
  Optional<List<ReignNews>> take(String subscriber, long waitMillis) throws InterruptedException {
    expire();
    Outbox outbox = outboxes.get(subscriber);
    if (outbox == null) {
      return Optional.empty();
    }
    outbox.askedAt = Clock.bootNanos();
    List<ReignNews> taken = new ArrayList<>();
    if (outbox.count.tryAcquire(waitMillis, TimeUnit.MILLISECONDS)) {
      do {
        Announcement next = outbox.news.remove();
        taken.add(Subscription.news(next));
      } while (outbox.count.tryAcquire());
    }
    return Optional.of(List.copyOf(taken));
  }

  /** A subscriber knows that, or something newer. */
  void acknowledge(String subscriber, ReignNews known) {
    Announcement answer = Subscription.announcement(known, subscriber, self, true);
    mailbox.tell(at -> new Input.Acknowledged(at, answer));
  }
}
