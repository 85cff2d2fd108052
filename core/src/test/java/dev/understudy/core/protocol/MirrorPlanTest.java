// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the next checkpoint is due. The interval is 200 ms. */
class MirrorPlanTest {
  private static final long MILLI = 1_000_000L;
  private static final long INTERVAL = 200 * MILLI;
  private static final Epoch EPOCH = new Epoch(3, "a");
  private static final Epoch RAISED = new Epoch(1_001, "a");

  private final MirrorPlan plan = new MirrorPlan(INTERVAL);

  private static GenerationId id(Epoch epoch, long sequence) {
    return new GenerationId(epoch, sequence);
  }

  private GenerationId due(long now) {
    return plan.due(EPOCH, now).orElseThrow();
  }

  @Test
  @Tag("FO-40")
  void generationsCountFromOneInEachReign() {
    plan.begin(0);
    assertThat(due(100 * MILLI)).isEqualTo(id(EPOCH, 1));
    plan.done(id(EPOCH, 1), MILLI, 101 * MILLI);
    assertThat(plan.due(RAISED, 300 * MILLI)).contains(id(RAISED, 2));
    plan.end();
    plan.begin(1_000 * MILLI);
    assertThat(plan.due(RAISED, 1_100 * MILLI)).contains(id(RAISED, 1));
  }

  @Test
  @Tag("FO-40")
  void oneGenerationAtATime() {
    plan.begin(0);
    GenerationId first = due(100 * MILLI);
    assertThat(plan.due(EPOCH, 10_000 * MILLI)).isEmpty();
    assertThat(plan.nextAt()).isEqualTo(Long.MAX_VALUE);
    plan.done(first, MILLI, 10_000 * MILLI);
    assertThat(plan.due(EPOCH, 10_000 * MILLI)).contains(id(EPOCH, 2));
  }

  @Test
  @Tag("FO-40")
  void reportOfAnotherGenerationIsIgnored() {
    plan.begin(0);
    GenerationId first = due(100 * MILLI);
    assertThat(plan.done(id(EPOCH, 9), INTERVAL, 200 * MILLI)).isEmpty();
    assertThat(plan.failed(id(EPOCH, 9), 200 * MILLI)).isFalse();
    assertThat(plan.due(EPOCH, 400 * MILLI)).isEmpty();
    plan.end();
    assertThat(plan.failed(first, 400 * MILLI)).isFalse();
    assertThat(plan.due(EPOCH, 10_000 * MILLI)).isEmpty();
  }

  @Test
  void nextOneIsDueAnIntervalAfterTheStart() {
    plan.begin(0);
    assertThat(plan.nextAt()).isEqualTo(100 * MILLI);
    GenerationId first = due(100 * MILLI);
    assertThat(plan.done(first, 50 * MILLI, 150 * MILLI)).isEmpty();
    assertThat(plan.nextAt()).isEqualTo(100 * MILLI + INTERVAL);
    plan.hurry(160 * MILLI);
    assertThat(plan.nextAt()).isEqualTo(160 * MILLI);
  }

  @Test
  void intervalIsStretchedWhenOneTakesLongAndComesBack() {
    plan.begin(0);
    GenerationId first = due(100 * MILLI);
    assertThat(plan.done(first, 151 * MILLI, 251 * MILLI)).contains(302 * MILLI);
    assertThat(plan.nextAt()).isEqualTo(402 * MILLI);
    GenerationId second = due(402 * MILLI);
    assertThat(plan.done(second, 101 * MILLI, 503 * MILLI)).isEmpty();
    GenerationId third = due(704 * MILLI);
    assertThat(plan.done(third, 100 * MILLI, 804 * MILLI)).isEqualTo(Optional.of(INTERVAL));
  }

  @Test
  void hurryOutlastsTheCheckpointInFlight() {
    plan.begin(0);
    GenerationId first = due(100 * MILLI);
    assertThat(plan.inFlight()).contains(first);
    plan.hurry(120 * MILLI);
    assertThat(plan.nextAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(plan.failed(first, 130 * MILLI)).isTrue();
    assertThat(plan.nextAt()).isEqualTo(130 * MILLI);
    GenerationId second = due(130 * MILLI);
    plan.hurry(140 * MILLI);
    plan.done(second, MILLI, 150 * MILLI);
    assertThat(plan.nextAt()).isEqualTo(150 * MILLI);
    plan.failed(due(150 * MILLI), 160 * MILLI);
    assertThat(plan.nextAt()).isEqualTo(160 * MILLI + INTERVAL);
  }

  @Test
  void failuresWaitLongerEachTimeAndABoundedTime() {
    plan.begin(0);
    long now = 100 * MILLI;
    for (long waits : new long[] {200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000}) {
      assertThat(plan.failed(due(now), now)).isTrue();
      assertThat(plan.nextAt() - now).isEqualTo(waits * MILLI);
      now = plan.nextAt();
    }
    plan.done(due(now), MILLI, now);
    now = plan.nextAt();
    plan.failed(due(now), now);
    assertThat(plan.nextAt() - now).isEqualTo(INTERVAL);
  }
}
