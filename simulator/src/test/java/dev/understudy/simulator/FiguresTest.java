// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import org.junit.jupiter.api.Test;

/** What a failover takes with timers that are as late as the times tolerate, in virtual time. */
class FiguresTest {
  private static final long MILLI = 1_000_000L;

  @Test
  void standardIsQuick() {
    Figures.Failovers took = Figures.failovers(Timing.STANDARD, 1, 200, 3 * MILLI);
    assertThat(took.p50Nanos()).isLessThanOrEqualTo(31 * MILLI);
    assertThat(took.p99Nanos()).isLessThanOrEqualTo(40 * MILLI);
  }

  @Test
  void fastIsQuicker() {
    Figures.Failovers took = Figures.failovers(Timing.FAST, 1, 200, 3 * MILLI);
    assertThat(took.p50Nanos()).isLessThanOrEqualTo(21 * MILLI);
  }

  @Test
  void healthyActiveKeepsItsLease() {
    assertThat(Figures.lapses(Timing.STANDARD, 1, 1, 3 * MILLI)).isZero();
  }
}
