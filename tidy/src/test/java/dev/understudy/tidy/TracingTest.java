// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.tidy.Repository.TextFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each broken trace between a rule, its code and its tests is found and named. */
class TracingTest {
  private static final String RULE =
      "**FO-1** One promise. No other is made.\n- Enforced by `Voter.bind`, `Voter`.\n\n";
  private static final String DESIGNED = "*FO-2* Leases of seconds.\n- Not enforced yet.\n";
  private static final TextFile VOTER =
      new TextFile("core/src/main/java/Voter.java", "class Voter {\n  void bind() {}\n}\n");

  private static TextFile document(String text) {
    return new TextFile("docs/protocol.md", text);
  }

  private static TextFile test(String... tags) {
    String annotations = "";
    for (String tag : tags) {
      annotations += "  @Tag(\"" + tag + "\")\n";
    }
    return new TextFile("core/src/test/java/ATest.java", annotations + "  @Test\n  void a() {}\n");
  }

  private static List<String> violations(String document, TextFile... others) {
    List<TextFile> files = new ArrayList<>(List.of(others));
    files.add(document(document));
    return Tracing.violations(files);
  }

  @Test
  void whatAgreesIsLeftAlone() {
    assertThat(violations(RULE + DESIGNED, VOTER, test("FO-1", "slow"))).isEmpty();
  }

  @Test
  void aRuleWithoutATestIsNamed() {
    assertThat(violations(RULE, VOTER, test()))
        .containsExactly("FO-1 has no test that is tagged with it");
    TextFile comment = new TextFile("core/src/test/java/B.java", "// @Tag(\"FO-1\")\n");
    TextFile shipped = new TextFile("core/src/main/java/B.java", "@Tag(\"FO-1\")\n");
    assertThat(violations(RULE, VOTER, comment, shipped)).hasSize(1);
  }

  @Test
  void aTestOfNoRuleOrOfADesignedOneIsNamed() {
    assertThat(violations(RULE + DESIGNED, VOTER, test("FO-1", "FO-2", "FO-3", "FO-1a")))
        .containsExactly(
            "core/src/test/java/ATest.java is tagged FO-2: no rule in force",
            "core/src/test/java/ATest.java is tagged FO-3: no rule in force",
            "core/src/test/java/ATest.java is tagged FO-1a: no rule in force");
  }

  @Test
  void aRuleIsDefinedOnce() {
    assertThat(violations(RULE + RULE, VOTER, test("FO-1")))
        .containsExactly("docs/protocol.md defines FO-1 twice");
    assertThat(violations(RULE + "*FO-1* Again.\n", VOTER, test("FO-1")))
        .containsExactly("docs/protocol.md defines FO-1 twice");
    assertThat(violations("# Rules\n", VOTER)).containsExactly("docs/protocol.md defines no rule");
  }

  @Test
  void enforcementLeadsToCode() {
    assertThat(violations("**FO-1** One promise.\n\n" + RULE.substring(8), VOTER, test("FO-1")))
        .containsExactly("FO-1 does not say what enforces it");
    assertThat(violations(RULE.replace("bind", "bound"), VOTER, test("FO-1")))
        .containsExactly("FO-1 is said to be enforced by `Voter.bound`: there is none");
    assertThat(violations(RULE.replace("`Voter`", "`Vote`"), VOTER, test("FO-1")))
        .containsExactly("FO-1 is said to be enforced by `Vote`: there is none");
  }

  @Test
  void documentsMentionWhatThereIs() {
    TextFile guide = new TextFile("docs/timing.md", "See FO-1, FO-2 and FO-12.\n");
    assertThat(violations(RULE + DESIGNED, VOTER, test("FO-1"), guide))
        .containsExactly("docs/timing.md mentions FO-12: there is none");
  }
}
