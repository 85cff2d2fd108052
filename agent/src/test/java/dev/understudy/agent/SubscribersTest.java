// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.api.control.ReignNews;
import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SubscribersTest {
  private final Mailbox mailbox;
  private final Subscribers subscribers;

  SubscribersTest() throws IOException {
    mailbox = new Mailbox(EventFd.open());
    subscribers = new Subscribers("b", mailbox);
  }

  @Test
  @Tag("FO-47")
  void handsOverWhatTheProtocolTellsAndBringsAnswersBack() throws Exception {
    assertThat(subscribers.subscribe("watch")).isTrue();
    subscribers.deliver(List.of(news("watch", 3), news("stranger", 3)));
    assertThat(subscribers.take("watch", 0)).contains(List.of(document(3)));
    assertThat(subscribers.take("watch", 0)).contains(List.of());
    assertThat(subscribers.take("stranger", 0)).isEmpty();
    subscribers.acknowledge("watch", document(3));
    assertThat(told())
        .containsExactly(
            new Input.Subscribed(7, "watch"),
            new Input.Acknowledged(
                7, new Announcement("watch", "b", "web", new Epoch(3, "b"), "b", true)));
  }

  @Test
  void waitsForNews() throws Exception {
    subscribers.subscribe("watch");
    Thread later = Thread.ofPlatform().start(() -> subscribers.deliver(List.of(news("watch", 4))));
    assertThat(subscribers.take("watch", 10_000)).contains(List.of(document(4)));
    later.join();
  }

  @Test
  void isBounded() throws Exception {
    for (int i = 0; i < 64; i++) {
      assertThat(subscribers.subscribe("watch-" + i)).isTrue();
    }
    assertThat(subscribers.subscribe("one-more")).isFalse();
    assertThat(subscribers.subscribe("watch-1")).as("again").isTrue();
    subscribers.deliver(Collections.nCopies(1_000, news("watch-1", 5)));
    assertThat(subscribers.take("watch-1", 0).orElseThrow()).hasSize(256);
  }

  private static Announcement news(String subscriber, long counter) {
    return new Announcement("b", subscriber, "web", new Epoch(counter, "b"), "b", false);
  }

  private static ReignNews document(long counter) {
    return new ReignNews("b", "web", counter, "b", "b");
  }

  private List<Input> told() {
    List<Input> inputs = new ArrayList<>();
    mailbox.drain(mail -> {
      if (mail instanceof Mailbox.Mail.Told(var input)) {
        inputs.add(input.apply(7));
      }
    });
    return inputs;
  }
}
