// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OngoingFaultTest {
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final OngoingFault fault = new OngoingFault(1);

  @Test
  void whoRepairsWaitsForTheDeedAndTakesItBack() throws Exception {
    CountDownLatch striking = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    FutureTask<Void> strike =
        new FutureTask<>(() -> {
          fault.strike(() -> {
            striking.countDown();
            awaitGo(go);
            done.add("broken");
            return () -> done.add("mended");
          });
          return null;
        });
    Thread.ofPlatform().start(strike);
    striking.await();
    FutureTask<Void> repair =
        new FutureTask<>(() -> {
          fault.close();
          return null;
        });
    Thread repairer = Thread.ofPlatform().start(repair);
    while (repairer.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
    go.countDown();
    strike.get();
    repair.get();
    assertThat(done).containsExactly("broken", "mended");
  }

  @Test
  void repairedFaultCannotStrikeAgain() throws Exception {
    fault.strike(() -> () -> done.add("mended"));
    fault.close();
    assertThatThrownBy(() ->
            fault.strike(() -> {
              done.add("broken");
              return () -> {};
            }))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("Interrupted");
    fault.close();
    assertThat(done).containsExactly("mended");
  }

  private static void awaitGo(CountDownLatch go) {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }
}
