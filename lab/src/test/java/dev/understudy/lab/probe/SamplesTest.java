// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void growsUpToItsCapacityAndThenKeepsTheNewest() {
    Samples.Ring ring = new Samples.Ring(10_000);
    for (int i = 0; i < 25_000; i++) {
      long number = ring.begin(i);
      ring.end(number, Verdict.GOOD, i + 1, i);
    }

    Samples samples = ring.snapshot();

    assertThat(samples.size()).isEqualTo(10_000);
    assertThat(samples.overwritten()).isEqualTo(15_000);
    assertThat(samples.sentNanos(0)).isEqualTo(15_000);
    assertThat(samples.counter(9_999)).isEqualTo(24_999);
    assertThat(samples.goodRows()).hasSize(10_000);
  }

  @Test
  void aRequestThatEndsAfterItWasClearedOrOverwrittenIsIgnored() {
    Samples.Ring ring = new Samples.Ring(4);
    long cleared = ring.begin(1);
    ring.clear();
    ring.end(cleared, Verdict.GOOD, 2, 2);
    assertThat(ring.snapshot().size()).isZero();

    long overwritten = ring.begin(10);
    for (int i = 11; i < 15; i++) {
      ring.begin(i);
    }
    ring.end(overwritten, Verdict.GOOD, 20, 20);

    Samples samples = ring.snapshot();
    assertThat(samples.size()).isEqualTo(4);
    assertThat(samples.sentNanos(0)).isEqualTo(11);
    assertThat(samples.goodRows()).isEmpty();
    assertThat(samples.verdict(3)).isEqualTo(Verdict.PENDING);
  }

  @Test
  void endsThatComeOutOfOrderFindTheirRequests() {
    Samples.Ring ring = new Samples.Ring(8);
    long first = ring.begin(1);
    long second = ring.begin(3);
    ring.end(second, Verdict.GOOD, 4, 70);
    ring.end(first, Verdict.RESET, 9, -1);

    Samples samples = ring.snapshot();

    assertThat(samples.verdict(0)).isEqualTo(Verdict.RESET);
    assertThat(samples.counter(1)).isEqualTo(70);
    assertThat(samples.answeredNanos(0)).isEqualTo(9);
  }
}
