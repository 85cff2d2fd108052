// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lab.chaos.ChaosPlan.Step;
import dev.understudy.lab.cluster.FaultKind;
import dev.understudy.lab.cluster.FaultSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {
  @Test
  void seedRepeatsTheOrder() {
    assertThat(ChaosPlan.of(3, 50)).isEqualTo(ChaosPlan.of(3, 50));
    assertThat(ChaosPlan.of(3, 50)).isNotEqualTo(ChaosPlan.of(4, 50));
    assertThat(ChaosPlan.of(3, 60).steps()).startsWith(ChaosPlan.of(3, 50).steps().getFirst());
  }

  @Test
  void manyFaultsAreOfEveryKind() {
    assertThat(ChaosPlan.of(1, 200).steps().stream().map(Step::kind).collect(Collectors.toSet()))
        .containsAll(Arrays.asList(FaultKind.values()));
  }

  @Test
  void oneWayCutsMayConcernOnePeer() {
    List<Step> steps = ChaosPlan.of(1, 200).steps().stream().filter(Step::onePeer).toList();
    assertThat(steps)
        .isNotEmpty()
        .allMatch(s -> s.kind() == FaultKind.DEAF || s.kind() == FaultKind.MUTE);
    FaultSpec fault = steps.getFirst().fault(List.of("a"), Optional.of("b"));
    assertThat(fault.peer()).contains("b");
    assertThat(steps.getFirst().fault(List.of("a"), Optional.empty()).peer()).isEmpty();
  }
}
