// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("FO-47")
class AnnouncementsTest {
  private static final long MILLI = 1_000_000L;
  private static final Epoch FIRST = new Epoch(3, "a");
  private static final Epoch RAISED = new Epoch(7, "a");

  private static Announcement news(String sender, Epoch epoch) {
    return new Announcement(sender, "s", "count", epoch, sender, false);
  }

  private static Announcement answer(Epoch epoch) {
    return new Announcement("s", "a", "count", epoch, epoch.node(), true);
  }

  @Test
  void newsIsRepeatedLessAndLessOftenUntilItIsAcknowledged() {
    Announcer announcer = new Announcer("a");
    announcer.subscribe("s", 0);
    announcer.reigns("count", FIRST, 0);
    List<Long> times = new ArrayList<>();
    for (long now = 0; now < 10_000 * MILLI; now += MILLI) {
      if (!announcer.due(now).isEmpty()) {
        times.add(now / MILLI);
      }
    }
    assertThat(times)
        .containsExactly(0L, 20L, 60L, 140L, 300L, 620L, 1260L, 2540L, 4540L, 6540L, 8540L);
    announcer.acknowledged(answer(FIRST));
    assertThat(announcer.nextAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(announcer.due(20_000 * MILLI)).isEmpty();
  }

  @Test
  void acknowledgementOfAnOlderEpochEndsNothing() {
    Announcer announcer = new Announcer("a");
    announcer.subscribe("s", 0);
    announcer.reigns("count", FIRST, 0);
    announcer.reigns("count", RAISED, MILLI);
    announcer.acknowledged(answer(FIRST));
    assertThat(announcer.due(MILLI)).containsExactly(news("a", RAISED));
    announcer.acknowledged(answer(new Epoch(9, "b")));
    assertThat(announcer.due(1_000 * MILLI)).isEmpty();
  }

  @Test
  void reignThatIsOverIsNotRepeated() {
    Announcer announcer = new Announcer("a");
    announcer.subscribe("s", 0);
    announcer.reigns("count", FIRST, 0);
    announcer.reigns("count", Epoch.NONE, 5 * MILLI);
    assertThat(announcer.due(1_000 * MILLI)).isEmpty();
  }

  @Test
  void whoSubscribesLaterOrAgainHearsOfThePresentReign() {
    Announcer announcer = new Announcer("a");
    announcer.reigns("count", FIRST, 0);
    announcer.subscribe("s", 50 * MILLI);
    assertThat(announcer.due(50 * MILLI)).containsExactly(news("a", FIRST));
    announcer.acknowledged(answer(FIRST));
    announcer.subscribe("s", 60 * MILLI);
    assertThat(announcer.due(60 * MILLI)).containsExactly(news("a", FIRST));
    announcer.unsubscribe("s");
    assertThat(announcer.due(1_000 * MILLI)).isEmpty();
  }

  @Test
  void subscriberGoesByEpochsAndAnswersOldNewsToo() {
    Subscriber s = new Subscriber("s");
    Epoch later = new Epoch(4, "b");
    assertThat(s.hear(news("b", later)).change()).contains(news("b", later));
    Subscriber.Heard old = s.hear(news("a", FIRST));
    assertThat(old.change()).isEmpty();
    assertThat(old.answer()).isEqualTo(new Announcement("s", "a", "count", later, "b", true));
    assertThat(s.hear(news("b", later)).change()).isEmpty();
    assertThat(s.active("count")).contains("b");
    assertThat(s.active("redis")).isEmpty();
    assertThatThrownBy(() -> s.hear(old.answer())).isInstanceOf(IllegalArgumentException.class);
  }

  /** One node alone in its group elects itself; its subscriber is no voter. */
  @Test
  void nodeAnnouncesItsReignThroughItsOutcomes() {
    GroupConfig alone = VirtualCluster.group(GroupConfig.Quorum.MAJORITY, "a");
    DurableState durable = DurableState.NEW.nextStart(Timing.STANDARD.promiseNanos());
    FailoverNode node = Nodes.node("a", Timing.STANDARD, List.of(alone), durable, 0);
    List<Announcement> sent = new ArrayList<>();
    Outcome outcome = node.step(new Input.Subscribed(0, "s"));
    while (sent.size() < 3) {
      outcome = node.step(new Input.Tick(outcome.wakeAtNanos()));
      sent.addAll(outcome.thenAnnounce());
      assertThat(outcome.wakeAtNanos()).isLessThan(2_000 * MILLI);
    }
    Epoch epoch = node.views().getFirst().epoch();
    assertThat(sent).containsOnly(new Announcement("a", "s", "count", epoch, "a", false));
    long now = outcome.wakeAtNanos();
    node.step(new Input.Acknowledged(now, answer(epoch)));
    for (int i = 0; i < 2_000; i++) {
      outcome = node.step(new Input.Tick(outcome.wakeAtNanos()));
      assertThat(outcome.thenAnnounce()).isEmpty();
    }
  }
}
