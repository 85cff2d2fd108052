// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.AgentPlan;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanKeeperTest {
  private static final int HERE = Ipv4.parse("10.10.0.1").orElseThrow();

  @TempDir Path folder;

  private static AgentPlan plan(long revision, String more) {
    return new AgentPlan(
        revision,
        """
        cluster: lab
        network: 10.10.0.0/24
        nodes:
          - {name: a, address: 10.10.0.1}
          - {name: b, address: 10.10.0.2}
          - {name: c, address: 10.10.0.3}
        workloads: []
        """
            + more);
  }

  @Test
  void aNewerPlanIsThereAfterARestart() throws IOException {
    PlanKeeper keeper = PlanKeeper.open(folder, HERE);
    assertThat(keeper.plan()).isEqualTo(AgentPlan.NONE);
    assertThat(keeper.take(plan(3, ""))).isEmpty();
    assertThat(PlanKeeper.open(folder, HERE).plan()).isEqualTo(plan(3, ""));
    assertThat(keeper.take(plan(4, "timing: relaxed"))).isEmpty();
    assertThat(PlanKeeper.open(folder, HERE).plan()).isEqualTo(plan(4, "timing: relaxed"));
  }

  @Test
  void anOlderPlanAndAnotherOfThatNumberAreRefused() throws IOException {
    PlanKeeper keeper = PlanKeeper.open(folder, HERE);
    assertThat(keeper.take(plan(3, ""))).isEmpty();
    assertThat(keeper.take(plan(3, ""))).as("the same again").isEmpty();
    assertThat(keeper.take(plan(2, ""))).hasValue("plan 2 is not newer than plan 3");
    assertThat(keeper.take(plan(3, "timing: wide"))).hasValue("plan 3 is not newer than plan 3");
    assertThat(keeper.plan()).isEqualTo(plan(3, ""));
  }

  @Test
  void aFaultyPlanAndOneWithoutThisNodeChangeNothing() throws IOException {
    PlanKeeper keeper = PlanKeeper.open(folder, HERE);
    assertThat(keeper.take(plan(5, "timing: soon")).orElseThrow()).contains("timing");
    PlanKeeper elsewhere = PlanKeeper.open(folder, HERE + 8);
    assertThat(elsewhere.take(plan(5, ""))).hasValue("plan 5: no node of it has address 10.10.0.9");
    assertThat(PlanKeeper.open(folder, HERE).plan()).isEqualTo(AgentPlan.NONE);
  }
}
