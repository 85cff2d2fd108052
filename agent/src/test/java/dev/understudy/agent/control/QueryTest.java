// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.api.control.ReignNews;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  @Test
  void readsNamesAndNumbers() throws Refused {
    Query query = Query.parse("workload=count&epoch_counter=12&node=a-1");
    assertThat(query.text("workload")).isEqualTo("count");
    assertThat(query.number("epoch_counter")).isEqualTo(12);
    assertThat(query.number("after", 3)).isEqualTo(3);
    assertThat(Query.parse("").number("after", 0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a=", "=a", "a=1&", "a=1&a=2", "a=<b>", "A=1", "a=1;b=2", "a=b=c"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> Query.parse(text)).isInstanceOf(Refused.class);
  }

  @Test
  void refusesWhatIsMissingNoNumberOrTooLong() throws Refused {
    Query query = Query.parse("after=x&big=9999999999999999999");
    assertThatThrownBy(() -> query.number("after")).hasMessageContaining("after");
    assertThatThrownBy(() -> query.number("big")).hasMessageContaining("big");
    assertThatThrownBy(() -> query.text("node")).hasMessageContaining("node is missing");
    assertThatThrownBy(() -> Query.parse("a=" + "b&c=".repeat(200))).isInstanceOf(Refused.class);
  }

  @Test
  @Tag("FO-47")
  void aSubscriptionPassesEachReignOnOnceAndNeverAnOlderOne() {
    Subscription subscription = new Subscription("watch");
    ReignNews third = new ReignNews("b", "web", 3, "b", "b");
    assertThat(subscription.hear(third).change()).contains(third);
    assertThat(subscription.hear(third).change()).isEmpty();
    Subscription.Heard late = subscription.hear(new ReignNews("a", "web", 2, "a", "a"));
    assertThat(late.change()).isEmpty();
    assertThat(late.answer()).isEqualTo(new ReignNews("watch", "web", 3, "b", "b"));
    ReignNews other = new ReignNews("a", "mail", 2, "a", "a");
    assertThat(subscription.hear(other).change()).contains(other);
  }
}
