// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.WorkloadExplanation.Decision;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Finding;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.protocol.Rule;
import dev.understudy.core.protocol.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionHistoryTest {
  private String says = "hears the active a";
  private final DecisionHistory history =
      new DecisionHistory(
          workload -> List.of(new Finding(Rule.SILENCE_WINDOW, true, workload + ": " + says)));
  private long now = 1;

  @Test
  void keepsWhatTheRulesSaidWhenAnotherAsked() {
    hear("b", Row.Stand.PASSIVE, Epoch.NONE);
    assertThat(history.of("web")).isEmpty();
    says = "does not hear the active a";
    hear("b", Row.Stand.ASKING, Epoch.NONE);
    says = "hears the active b";
    hear("b", Row.Stand.CANDIDATE, new Epoch(4, "b"));
    hear("b", Row.Stand.ACTIVE, new Epoch(4, "b"));
    says = "something later";
    hear("b", Row.Stand.ACTIVE, new Epoch(4, "b"));
    assertThat(kinds())
        .containsExactly(Decision.HEARD_REIGN, Decision.HEARD_REQUEST, Decision.HEARD_QUESTION);
    Decision asked = history.of("web").getLast();
    assertThat(asked.findings().getFirst().text()).isEqualTo("web: does not hear the active a");
    assertThat(asked.findings().getFirst().rule()).isEqualTo("silence-window");
    assertThat(asked.text()).contains("b asked");
    assertThat(history.of("web").getFirst().text()).contains("b reigns in epoch 4@b");
  }

  @Test
  void whoAsksForEverDoesNotPushTheLastReignOut() {
    decide(new Verdict.Elected("web", new Epoch(3, "c"), GenerationId.NONE, 2), NodeEvent.ELECTED);
    for (int i = 0; i < 10 * DecisionHistory.KEPT; i++) {
      hear("d", Row.Stand.ASKING, Epoch.NONE);
      hear("d", Row.Stand.CANDIDATE, new Epoch(10 + i, "d"));
      hear("d", Row.Stand.PASSIVE, Epoch.NONE);
      decide(new Verdict.Suspected("web", "a", 20_000_000), NodeEvent.SUSPECTED);
      decide(new Verdict.Late("web", 20_000_000), NodeEvent.LATE);
    }
    assertThat(kinds())
        .containsExactly(
            NodeEvent.SUSPECTED,
            Decision.HEARD_REQUEST,
            Decision.HEARD_QUESTION,
            NodeEvent.ELECTED);
    assertThat(history.of("web").get(1).text()).contains((9 + 10 * DecisionHistory.KEPT) + "@d");
  }

  @Test
  void isBounded() {
    for (int i = 1; i <= 3 * DecisionHistory.KEPT; i++) {
      hear("b", Row.Stand.ACTIVE, new Epoch(i, "b"));
    }
    assertThat(history.of("web")).hasSize(DecisionHistory.KEPT);
    assertThat(history.of("web").getFirst().text()).contains(3 * DecisionHistory.KEPT + "@b");
    assertThat(history.of("other")).isEmpty();
  }

  private List<String> kinds() {
    return history.of("web").stream().map(Decision::kind).toList();
  }

  private void decide(Verdict verdict, String kind) {
    history.decide(verdict, kind, ++now);
  }

  private void hear(String sender, Row.Stand stand, Epoch epoch) {
    Row row =
        new Row(
            "web",
            stand,
            epoch,
            epoch,
            Epoch.NONE,
            GenerationId.NONE,
            "",
            Epoch.NONE,
            Row.NO_TIME,
            Row.ORDINARY,
            Row.NO_TIME,
            Row.ORDINARY,
            0);
    Datagram datagram = new Datagram(sender, "c", 1, 1, ++now, now, false, 1, List.of(row));
    history.hear(new Input.Received(now, datagram));
  }
}
