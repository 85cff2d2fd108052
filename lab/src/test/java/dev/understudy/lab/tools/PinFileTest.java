// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PinFileTest {
  private static final String SUM_A = "a".repeat(64);
  private static final String SUM_B = "b".repeat(64);
  private static final String TEXT =
      "# comment\nsuite forky\nminimum criu 4.2\n\ngroup base\n"
          + ("program criu 4.2.1-1 " + SUM_A + "\n")
          + ("program criu 4.2-2 " + SUM_B + "\n")
          + ("library libc6 2.43-7 " + SUM_A + "\n");

  @Test
  void alternatesKeepTheirOrder() {
    PinFile pins = PinFile.parse(TEXT);
    assertThat(pins.suite()).isEqualTo("forky");
    assertThat(pins.minimums()).containsEntry("criu", "4.2");
    PinFile.Entry criu =
        new PinFile.Entry(
            "criu",
            true,
            List.of(new PinFile.Pin("4.2.1-1", SUM_A), new PinFile.Pin("4.2-2", SUM_B)));
    PinFile.Entry libc =
        new PinFile.Entry("libc6", false, List.of(new PinFile.Pin("2.43-7", SUM_A)));
    assertThat(pins.entries(ToolGroup.BASE)).containsExactly(criu, libc);
  }

  @Test
  void anotherContentIsAnotherFolder() {
    String changed = TEXT.replace("2.43-7", "2.43-8");
    assertThat(PinFile.parse(changed).hash()).isNotEqualTo(PinFile.parse(TEXT).hash());
    assertThat(PinFile.parse(TEXT).hash()).isEqualTo(PinFile.parse(TEXT).hash()).hasSize(12);
  }

  @Test
  void aBadLineIsNamed() {
    assertThatThrownBy(() -> PinFile.parse(TEXT + "library x 1 short\n"))
        .hasMessage("tools.pins, line 9: library x 1 short");
    assertThatThrownBy(() -> PinFile.parse("suite forky\nlibrary x 1 " + SUM_A))
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> PinFile.parse("colour red\n")).hasMessageContaining("line 1");
    assertThatThrownBy(() -> PinFile.parse("# nothing\n")).hasMessageContaining("no suite");
  }

  @Test
  void theBundledListHasEveryGroup() {
    PinFile pins = PinFile.bundled();
    for (ToolGroup group : ToolGroup.values()) {
      assertThat(pins.entries(group)).anyMatch(PinFile.Entry::program);
    }
  }
}
