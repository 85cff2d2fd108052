// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A gate that is withheld opens for no deadline, and for the newest one afterwards. */
class WorkloadGateTest {
  private static final long SHUT = -1;

  private final List<Long> kernel = new ArrayList<>();
  private final WorkloadGate gate = new WorkloadGate(new Recorded(), 0);

  private final class Recorded implements WorkloadGate.Kernel {
    @Override
    public void openUntil(long bootNanos) {
      kernel.add(bootNanos);
    }

    @Override
    public void shut() {
      kernel.add(SHUT);
    }
  }

  @Test
  void renewalsDoNotOpenItWhileItIsWithheld() {
    gate.openUntil(10);
    gate.withhold();
    gate.openUntil(20);
    gate.openUntil(30);
    assertThat(kernel).containsExactly(10L, SHUT);
    assertThat(gate.withheld()).isTrue();
    gate.release();
    gate.openUntil(40);
    assertThat(kernel).containsExactly(10L, SHUT, 30L, 40L);
  }

  @Test
  void whatWasShutMeanwhileStaysShut() {
    gate.openUntil(10);
    gate.withhold();
    gate.shut();
    gate.release();
    assertThat(kernel).containsExactly(10L, SHUT, SHUT);
    assertThat(gate.withheld()).isFalse();
  }

  @Test
  void itIsEmptyOnceAfterEachTimeItWasShut() {
    assertThat(gate.emptied(Long.MAX_VALUE - 1)).isFalse();
    gate.shut();
    assertThat(gate.emptied(gate.due())).isTrue();
    assertThat(gate.emptied(Long.MAX_VALUE - 1)).isFalse();
  }
}
