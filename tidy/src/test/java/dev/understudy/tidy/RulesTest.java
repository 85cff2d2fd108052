// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.tidy.Repository.TextFile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule finds a planted violation, and leaves the harmless neighbour alone. */
class RulesTest {
  private static final String PATH = "core/src/main/java/dev/understudy/core/x/A.java";

  private static TextFile java(String path, String text) {
    return new TextFile(path, text);
  }

  @Test
  void aMissingHeaderIsFound() {
    assertThat(Rules.header(java(PATH, "package x;\n"))).hasSize(1);
    assertThat(Rules.header(java("run", "#!/bin/sh\n:\n"))).hasSize(1);
    assertThat(Rules.header(java(PATH, "// SPDX-License-Identifier: Apache-2.0\n"))).isEmpty();
    assertThat(Rules.header(java("README.md", "# Title\n"))).isEmpty();
  }

  @Test
  void longLinesAndFilesAreFound() {
    assertThat(Rules.lengths(java(PATH, "x".repeat(101)))).hasSize(1);
    assertThat(Rules.lengths(java(PATH, "x".repeat(100)))).isEmpty();
    assertThat(Rules.lengths(java(PATH, "x\n".repeat(501)))).hasSize(1);
    assertThat(Rules.lengths(java(PATH, "x\n".repeat(500)))).isEmpty();
  }

  @Test
  void longMethodsAreFound() throws IOException {
    String body = "int i = 0;\n".repeat(58);
    String fits = "class A {\nvoid a() {\n" + body + "}\n}\n";
    String tooLong = "class A {\nvoid a() {\n" + body + ";\n}\n}\n";
    assertThat(Rules.methodLengths(List.of(java(PATH, fits)))).isEmpty();
    assertThat(Rules.methodLengths(List.of(java(PATH, tooLong))))
        .containsExactly(PATH + ": a has 61 lines");
  }

  @Test
  void wordsForLaterAreFound() {
    assertThat(Rules.words(java(PATH, "// FIX" + "ME later"))).hasSize(1);
    assertThat(Rules.words(java("a.md", "see TO" + "DO list"))).hasSize(1);
    assertThat(Rules.words(java(PATH, "int TODOS = 1;"))).isEmpty();
  }

  @Test
  void sleepsAreFoundOutsideOfTheLab() {
    String text = "void a() { Thread.sleep(5); }";
    assertThat(Rules.sleeps(java(PATH, text))).hasSize(1);
    assertThat(Rules.sleeps(java("lab/src/main/java/A.java", text))).isEmpty();
    assertThat(Rules.sleeps(java("core/src/test/java/A.java", text))).isEmpty();
  }

  @Test
  void linksAreFoundRelativeToTheirFile() {
    String text = "[a](b.md) [c](../d.md#part) [web](https://example.org/x) [here](#part)";
    assertThat(Rules.linkedFiles(java("docs/a.md", text)))
        .containsExactly("docs/b.md", "docs/../d.md");
    assertThat(Rules.linkedFiles(java("a.md", text))).containsExactly("b.md", "../d.md");
  }

  @Test
  void coreMayNotImportWhatReachesOutside() {
    assertThat(Layering.violations(java(PATH, "import java.nio.file.Files;\n"))).hasSize(1);
    assertThat(Layering.violations(java(PATH, "import java.util.concurrent.Future;\n"))).hasSize(1);
    assertThat(Layering.violations(java(PATH, "import static java.lang.Math.max;\n"))).isEmpty();
    assertThat(Layering.violations(java(PATH, "import java.util.Map.Entry;\n"))).isEmpty();
  }

  @Test
  void modulesMayNotNameThoseAboveThem() {
    String import_ = "import dev.understudy.%s.A;\n";
    TextFile up = java("api/src/main/java/A.java", String.format(import_, "agent.wire"));
    TextFile down = java("lab/src/main/java/A.java", String.format(import_, "agent.wire"));
    TextFile inside = java("cli/src/main/java/A.java", String.format(import_, "core.protocol"));
    TextFile inline = java("agent/src/main/java/A.java", "dev.understudy.lab.tools.Tools t;");
    TextFile comment = java("agent/src/main/java/A.java", "// see dev.understudy.lab.tools");
    assertThat(Layering.violations(up)).hasSize(1);
    assertThat(Layering.violations(down)).isEmpty();
    assertThat(Layering.violations(inside)).hasSize(1);
    assertThat(Layering.violations(inline)).hasSize(1);
    assertThat(Layering.violations(comment)).isEmpty();
  }

  @Test
  void artifactsOfPomsAreRead() {
    String pom =
        "<dependency><groupId>a.b</groupId><artifactId>c</artifactId></dependency>"
            + "<plugin>\n<artifactId>d</artifactId></plugin>"
            + "<dependency><groupId>dev.understudy</groupId>"
            + "<artifactId>x</artifactId></dependency>";
    assertThat(Poms.artifacts(pom)).containsExactly("a.b:c", "org.apache.maven.plugins:d");
    assertThat(Poms.documented("| `a.b:c` | reason |\n| text |\n")).containsExactly("a.b:c");
  }
}
