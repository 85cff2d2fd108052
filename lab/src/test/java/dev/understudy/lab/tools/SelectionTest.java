// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final Map<String, String> MINIMUMS = Map.of("criu", "4.2");
  private static final PinFile.Entry CRIU =
      new PinFile.Entry(
          "criu",
          true,
          List.of(new PinFile.Pin("4.2.1-1", "new"), new PinFile.Pin("4.2-2", "old")));
  private static final PinFile.Entry LIBC =
      new PinFile.Entry("libc6", false, List.of(new PinFile.Pin("2.43-7", "c")));

  private static Selection select(Map<String, List<String>> available) throws ToolsException {
    return Selection.of(List.of(CRIU, LIBC), available, MINIMUMS, "forky");
  }

  @Test
  void thePinnedVersionIsPreferredToANewerOne() throws ToolsException {
    Selection selection =
        select(Map.of("criu", List.of("4.3-1", "4.2.1-1"), "libc6", List.of("2.43-7")));
    assertThat(selection.choices().getFirst())
        .isEqualTo(new Selection.Choice("criu", true, "4.2.1-1", "new"));
    assertThat(selection.moved()).isEmpty();
    assertThat(selection.gone()).isEmpty();
  }

  @Test
  void anAlternateIsTakenBeforeTheCandidate() throws ToolsException {
    Selection selection =
        select(Map.of("criu", List.of("4.3-1", "4.2-2"), "libc6", List.of("2.43-7")));
    assertThat(selection.choices().getFirst().pinnedSha256()).isEqualTo("old");
  }

  @Test
  void whatHasMovedIsTakenAndSaid() throws ToolsException {
    Selection selection = select(Map.of("criu", List.of("4.3-1", "4.2.9-1")));
    assertThat(selection.choices())
        .containsExactly(new Selection.Choice("criu", true, "4.3-1", ""));
    assertThat(selection.moved()).containsExactly("criu 4.2.1-1");
    assertThat(selection.gone()).containsExactly("libc6");
  }

  @Test
  void aProgramThatIsGoneOrTooOldIsRefused() {
    assertThatThrownBy(() -> select(Map.of("libc6", List.of("2.43-7"))))
        .isInstanceOf(ToolsException.class)
        .hasMessageContaining("the package criu is gone from Debian forky");
    assertThatThrownBy(() -> select(Map.of("criu", List.of("4.1.1-1"))))
        .hasMessageContaining("offers criu 4.1.1-1, needed is at least 4.2");
  }

  @Test
  void upstreamVersionsAreComparedAsNumbers() {
    assertThat(Selection.atLeast("4.10-1", "4.2")).isTrue();
    assertThat(Selection.atLeast("4.2~rc1-1", "4.2")).isTrue();
    assertThat(Selection.atLeast("1:3.17.1-2", "4.2")).isFalse();
    assertThat(Selection.atLeast("9:4.1", "4.2")).isFalse();
    assertThat(Selection.atLeast("5", "4.2")).isTrue();
    assertThat(Selection.atLeast("4", "4.2")).isFalse();
  }
}
