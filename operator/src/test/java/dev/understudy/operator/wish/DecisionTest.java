// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.Strategy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What counts when several things are said about one Deployment. */
class DecisionTest {
  private static final Map<String, String> CHECKPOINTS =
      Map.of("hitachienergy.com/cr_mode", "cr", "hitachienergy.com/cr_interval", "1");

  private static Decision.Candidate policy(String name, String created, String yaml) {
    return new Decision.Candidate(
        name,
        created,
        Serialization.unmarshal("target: {name: count}\n" + yaml, FailoverPolicySpec.class));
  }

  private static Wish.Asked asked(Decision decision) {
    assertThat(decision.wish()).isInstanceOf(Wish.Asked.class);
    return (Wish.Asked) decision.wish();
  }

  @Test
  void annotationsCountAlone() {
    Decision decision = Decision.of(CHECKPOINTS, List.of());
    assertThat(decision.policy()).isEmpty();
    assertThat(asked(decision).protection().ladder().getFirst()).isEqualTo(Strategy.MIRROR);
  }

  @Test
  void policyWinsAndTheConflictIsSaid() {
    Decision decision = Decision.of(CHECKPOINTS, List.of(policy("p", "1", "strategy: restart")));
    assertThat(decision.policy()).contains("p");
    assertThat(asked(decision).protection().ladder()).containsExactly(Strategy.RESTART);
    assertThat(asked(decision).remarks())
        .containsExactly(
            "FailoverPolicy p counts; what the annotations hitachienergy.com/cr_interval,"
                + " hitachienergy.com/cr_mode say is ignored");
  }

  @Test
  void sayingTheSameIsNoConflict() {
    Decision decision = Decision.of(CHECKPOINTS, List.of(policy("p", "1", "strategy: mirror")));
    assertThat(asked(decision).remarks()).isEmpty();
  }

  @Test
  void wrongAnnotationsAreIgnoredBesideAPolicy() {
    Map<String, String> wrong = Map.of("hitachienergy.com/cr_mode", "x");
    Decision decision = Decision.of(wrong, List.of(policy("p", "1", "strategy: mirror")));
    assertThat(asked(decision).remarks()).hasSize(1);
  }

  @Test
  void aFaultyPolicyDoesNotFallBackToAnnotations() {
    Decision decision = Decision.of(CHECKPOINTS, List.of(policy("p", "1", "strategy: x")));
    assertThat(decision.policy()).contains("p");
    assertThat(decision.wish()).isInstanceOf(Wish.Faulty.class);
  }

  @Test
  void theOldestPolicyCounts() {
    Decision decision =
        Decision.of(
            Map.of(),
            List.of(
                policy("a", "2026-11-02T00:00:00Z", "strategy: mirror"),
                policy("c", "2026-11-01T00:00:00Z", "strategy: restart"),
                policy("b", "2026-11-01T00:00:00Z", "strategy: standby")));
    assertThat(decision.policy()).isEqualTo(Optional.of("b"));
    assertThat(asked(decision).remarks())
        .containsExactly(
            "FailoverPolicy c is ignored: b is older", "FailoverPolicy a is ignored: b is older");
  }
}
