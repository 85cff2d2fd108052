// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DurableStateTest {
  @Test
  @Tag("FO-17")
  void eachStartReservesABlockAboveAllFormerOnes() {
    DurableState first = DurableState.NEW.nextStart(31);
    assertThat(first.ceiling()).isEqualTo(DurableState.BLOCK);
    DurableState second = first.with(4_321, 31, first.memberships()).nextStart(31);
    assertThat(second.ceiling() - DurableState.BLOCK).isEqualTo(4_321);
  }

  @Test
  @Tag("FO-22")
  void eachStartIsAnotherIncarnation() {
    DurableState first = DurableState.NEW.nextStart(31);
    assertThat(first.incarnation()).isEqualTo(1);
    assertThat(first.nextStart(31).incarnation()).isEqualTo(2);
    assertThat(first.with(9_000, 31, first.memberships()).incarnation()).isEqualTo(1);
  }

  @Test
  @Tag("FO-22")
  void silenceIsTheLongerOneOfBothPromises() {
    DurableState slow = DurableState.NEW.nextStart(2_002);
    assertThat(slow.nextStart(31).longestPromiseNanos()).isEqualTo(2_002);
    assertThat(slow.nextStart(4_004).longestPromiseNanos()).isEqualTo(4_004);
  }

  @Test
  void negativeNumbersAreRefused() {
    assertThatThrownBy(() -> new DurableState(-1, 0, 0)).hasMessageContaining("negative: -1");
    assertThatThrownBy(() -> new DurableState(0, -1, 0)).hasMessageContaining("negative: 0, -1");
    assertThatThrownBy(() -> new DurableState(0, 0, -1)).hasMessageContaining("0, 0, -1");
  }
}
