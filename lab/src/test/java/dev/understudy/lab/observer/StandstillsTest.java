// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandstillsTest {
  private static final long MILLI = 1_000_000L;

  private final Standstills standstills = new Standstills();

  @Test
  void onlyWhatLiesBetweenTheInstantsCounts() {
    standstills.woken(10 * MILLI, 14 * MILLI);
    standstills.woken(20 * MILLI, 25 * MILLI);
    assertThat(standstills.within(0, 100 * MILLI)).isEqualTo(9 * MILLI);
    assertThat(standstills.within(12 * MILLI, 21 * MILLI)).isEqualTo(3 * MILLI);
    assertThat(standstills.within(14 * MILLI, 20 * MILLI)).isZero();
  }

  @Test
  void aUsualDelayIsNoStandstill() {
    standstills.woken(10 * MILLI, 10 * MILLI + 200_000);
    standstills.woken(12 * MILLI, 11 * MILLI);
    assertThat(standstills.within(0, 100 * MILLI)).isZero();
  }
}
