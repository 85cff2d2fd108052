// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
  /** No bytes, and their CRC-32. */
  private static final String EMPTY = "0-0";

  @TempDir Path home = Path.of("");

  private ReadyFile ready(String place) {
    return new ReadyFile(
        place,
        Map.of("criu", "program criu 4.2.1-1 aa"),
        Map.of("criu", "4.2.1"),
        Map.of("criu", EMPTY));
  }

  private void makePrograms() throws IOException {
    Files.createDirectories(home.resolve("bin"));
    for (ToolGroup.Program program : ToolGroup.BASE.programs()) {
      Path file = Files.writeString(home.resolve("bin").resolve(program.name()), "");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    makePrograms();
    assertThat(ReadyFile.read(home, ToolGroup.BASE)).isEmpty();
    ready(home.toString()).write(home, ToolGroup.BASE);
    assertThat(ReadyFile.read(home, ToolGroup.BASE)).contains(ready(home.toString()));
  }

  @Test
  void aMovedFolderIsNotReady() throws IOException {
    makePrograms();
    ready("/elsewhere").write(home, ToolGroup.BASE);
    assertThat(ReadyFile.read(home, ToolGroup.BASE)).isEmpty();
  }

  @Test
  void aMissingProgramMakesTheGroupUnready() throws IOException {
    makePrograms();
    ready(home.toString()).write(home, ToolGroup.BASE);
    Files.delete(home.resolve("bin/runc"));
    assertThat(ReadyFile.read(home, ToolGroup.BASE)).isEmpty();
  }

  @Test
  void aDamagedProgramMakesTheGroupUnready() throws IOException {
    makePrograms();
    ready(home.toString()).write(home, ToolGroup.BASE);
    assertThat(ready(home.toString()).changed()).isEmpty();
    Files.writeString(home.resolve("bin/criu"), "garbage");
    assertThat(ready(home.toString()).changed()).containsExactly("criu");
    assertThat(ReadyFile.read(home, ToolGroup.BASE)).isEmpty();
  }
}
