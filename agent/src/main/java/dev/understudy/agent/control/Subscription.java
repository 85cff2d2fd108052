// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import dev.understudy.api.control.ReignNews;
import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Subscriber;
import java.util.Optional;

/** What one subscriber of several agents knows of who is active. For one thread at a time. */
public final class Subscription {
  private final String name;
  private final Subscriber subscriber;

  /**
   * What a piece of news led to.
   *
   * @param answer to be sent back to who told it
   * @param change the news itself, if it is newer than all before
   */
  public record Heard(ReignNews answer, Optional<ReignNews> change) {}

  /** A subscriber of that name which knows nothing yet. */
  public Subscription(String name) {
    this.name = name;
    this.subscriber = new Subscriber(name);
  }

  /** Takes a piece of news. */
  public Heard hear(ReignNews news) {
    Subscriber.Heard heard = subscriber.hear(announcement(news, news.node(), name, false));
    return new Heard(news(heard.answer()), heard.change().map(Subscription::news));
  }

  /** What a node tells to a subscriber, or the other way round, as a document. */
  public static ReignNews news(Announcement announcement) {
    return new ReignNews(
        announcement.sender(),
        announcement.workload(),
        announcement.epoch().counter(),
        announcement.epoch().node(),
        announcement.active());
  }

  /** The document as the protocol takes it. */
  public static Announcement announcement(
      ReignNews news, String sender, String receiver, boolean answer) {
    return new Announcement(
        sender,
        receiver,
        news.workload(),
        new Epoch(news.epochCounter(), news.epochNode()),
        news.activeNode(),
        answer);
  }
}
