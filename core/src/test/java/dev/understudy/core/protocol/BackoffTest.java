// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long SECOND = 1_000_000_000L;

  private final Backoff backoff = new Backoff();

  private long waitAfterFailure(long now) {
    backoff.programFailed(now);
    return backoff.until() - now;
  }

  @Test
  @Tag("FO-32")
  void waitDoublesUpToThirtyTwoSeconds() {
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 32, 32}) {
      assertThat(waitAfterFailure(1_000 * SECOND)).isEqualTo(seconds * SECOND);
    }
  }

  @Test
  @Tag("FO-32")
  void reignThatLastedMakesFailuresCountNoMore() {
    waitAfterFailure(0);
    waitAfterFailure(0);
    backoff.reigning(40 * SECOND, 10 * SECOND);
    assertThat(waitAfterFailure(40 * SECOND)).isEqualTo(4 * SECOND);
    backoff.reigning(40 * SECOND + 1, 10 * SECOND);
    assertThat(waitAfterFailure(50 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  @Tag("FO-32")
  void givingWayDoesNotShortenIt() {
    waitAfterFailure(10 * SECOND);
    backoff.giveWay(10 * SECOND, 5);
    assertThat(backoff.until()).isEqualTo(11 * SECOND);
    backoff.giveWay(20 * SECOND, 5);
    assertThat(backoff.until()).isEqualTo(20 * SECOND + 5);
  }
}
