// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeClockTest {
  @Test
  void trueTimeIsTheFirstAtWhichTheClockShowsIt() {
    for (long seed = 0; seed < 2_000; seed++) {
      Chance chance = new Chance(seed);
      NodeClock clock = new NodeClock();
      long now = chance.below(1_000_000_000_000L);
      clock.boot(now, 1 + chance.below(60_000_000_000L));
      clock.rate(now, chance.between(-500, 500));
      long later = now + chance.below(36_000_000_000_000L);
      long shown = clock.local(later);
      long first = clock.trueAt(shown);
      assertThat(clock.local(first)).isGreaterThanOrEqualTo(shown);
      assertThat(clock.local(first - 1)).isLessThan(shown);
    }
  }

  @Test
  void changeOfTheRateDoesNotSetTheClock() {
    NodeClock clock = new NodeClock();
    clock.boot(0, 7);
    clock.rate(0, 500);
    long before = clock.local(1_000_000_000);
    clock.rate(1_000_000_000, -500);
    assertThat(before).isEqualTo(1_000_500_007L);
    assertThat(clock.local(1_000_000_000)).isEqualTo(before);
    assertThat(clock.local(2_000_000_000)).isEqualTo(before + 999_500_000L);
  }

  @Test
  void bootBeginsAnew() {
    NodeClock clock = new NodeClock();
    clock.boot(0, 7);
    clock.boot(5_000_000_000L, 3);
    assertThat(clock.local(5_000_000_001L)).isEqualTo(4);
  }
}
