// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.tidy.Repository.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The repository keeps its own rules. */
class RepositoryTest {
  private static final Path ROOT = Repository.root();
  private static List<TextFile> files = List.of();

  @BeforeAll
  static void read() throws IOException {
    files = Repository.files();
    assertThat(files).anyMatch(TextFile::isJava);
  }

  @Test
  void dependenciesPointOneWay() {
    assertThat(all(Layering::violations)).isEmpty();
  }

  @Test
  void everyFileNamesTheLicence() {
    assertThat(all(Rules::header)).isEmpty();
  }

  @Test
  void filesAndLinesAreShort() {
    assertThat(all(Rules::lengths)).isEmpty();
  }

  @Test
  void methodsAreShort() throws IOException {
    assertThat(Rules.methodLengths(files)).isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(all(Rules::words)).isEmpty();
  }

  @Test
  void onlyTheLabSleeps() {
    assertThat(all(Rules::sleeps)).isEmpty();
  }

  @Test
  void everyPackageIsDescribedAndNullMarked() throws IOException {
    TreeSet<String> packages = new TreeSet<>();
    for (TextFile file : files) {
      boolean main = file.path().contains("/src/main/java/dev/");
      if (main && file.isJava()) {
        packages.add(file.folder());
      }
    }
    assertThat(packages).isNotEmpty();
    for (String folder : packages) {
      Path info = ROOT.resolve(folder).resolve("package-info.java");
      assertThat(info).exists();
      assertThat(Files.readString(info)).as(folder).contains("@NullMarked");
    }
  }

  @Test
  void linksLeadToFiles() {
    for (TextFile file : files) {
      for (String target : Rules.linkedFiles(file)) {
        assertThat(ROOT.resolve(target)).as("link in %s", file.path()).exists();
      }
    }
  }

  @Test
  void everyDependencyHasAReason() throws IOException {
    String reasons = Files.readString(ROOT.resolve("docs/dependencies.md"));
    List<String> used = new ArrayList<>();
    for (TextFile file : files) {
      if (file.name().equals("pom.xml")) {
        used.addAll(Poms.artifacts(file.text()));
      }
    }
    assertThat(used).isNotEmpty();
    for (String artifact : used) {
      assertThat(reasons).as("docs/dependencies.md").contains("`" + artifact + "`");
    }
    for (String artifact : Poms.documented(reasons)) {
      assertThat(used).as("named in docs/dependencies.md").contains(artifact);
    }
  }

  @Test
  void rulesAreEnforcedAndTested() {
    assertThat(Tracing.violations(files)).isEmpty();
  }

  private static List<String> all(Function<TextFile, List<String>> rule) {
    return files.stream().map(rule).flatMap(List::stream).toList();
  }
}
