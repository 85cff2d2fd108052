// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private record Due(long at, int order) {}

  @Test
  void eventsComeByTimeAndThenByTheOrderOfTheirAdding() {
    for (long seed = 0; seed < 200; seed++) {
      Chance chance = new Chance(seed);
      EventQueue queue = new EventQueue();
      List<Due> expected = new ArrayList<>();
      List<Due> happened = new ArrayList<>();
      int added = 1 + chance.below(600);
      for (int i = 0; i < added; i++) {
        Due due = new Due(chance.below(50), i);
        expected.add(due);
        queue.add(due.at(), () -> happened.add(due));
      }
      expected.sort(Comparator.comparingLong(Due::at).thenComparingInt(Due::order));
      for (int i = 0; i < added; i++) {
        assertThat(queue.nextAt()).isEqualTo(expected.get(i).at());
        queue.take().happen();
      }
      assertThat(happened).isEqualTo(expected);
      assertThat(queue.nextAt()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void whatIsAddedWhileOthersAreTakenFindsItsPlace() {
    Chance chance = new Chance(1);
    EventQueue queue = new EventQueue();
    long now = 0;
    for (int i = 0; i < 20_000; i++) {
      queue.add(now + chance.below(1_000), () -> {});
      if (chance.percent(60)) {
        assertThat(queue.nextAt()).isGreaterThanOrEqualTo(now);
        now = queue.nextAt();
        queue.take();
        if (queue.nextAt() == Long.MAX_VALUE) {
          queue.add(now, () -> {});
        }
      }
    }
  }
}
