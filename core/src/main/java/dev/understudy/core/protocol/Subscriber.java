// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The other side of {@link Announcer}: what one subscriber knows of who is active. Epochs order the
 * news, whatever way and however late it came.
 */
public final class Subscriber {
  /**
   * What a piece of news led to.
   *
   * @param answer to be sent back in any case, or the news would be repeated
   * @param change the newer reign, if it is one
   */
  public record Heard(Announcement answer, Optional<Announcement> change) {}

  private final String self;
  private final Map<String, Announcement> newest = new TreeMap<>();

  /** A subscriber of that name which knows nothing yet. */
  public Subscriber(String self) {
    this.self = self;
  }

  /** Takes a piece of news. */
  public Heard hear(Announcement news) {
    if (news.answer() || !news.receiver().equals(self)) {
      throw new IllegalArgumentException("not news for " + self + ": " + news);
    }
    Announcement before = newest.get(news.workload());
    boolean newer = before == null || news.epoch().above(before.epoch());
    Announcement known = newer || before == null ? news : before;
    newest.put(news.workload(), known);
    Announcement answer =
        new Announcement(self, news.sender(), news.workload(), known.epoch(), known.active(), true);
    return new Heard(answer, newer ? Optional.of(news) : Optional.empty());
  }

  /** The node that is active, as far as this subscriber knows. */
  public Optional<String> active(String workload) {
    return Optional.ofNullable(newest.get(workload)).map(Announcement::active);
  }
}
