// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses the host's own programs and loader, so nothing has to be fetched. */
class ElfProgramTest {
  private static final Path LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");

  @TempDir Path folder = Path.of("");

  @Test
  void aChangedProgramRunsWithTheLoaderAndTheLibrariesThatItWasGiven() throws Exception {
    Path loader = Files.copy(LOADER.toRealPath(), folder.resolve("a-loader-with-a-longer-name"));
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6").toRealPath();
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    Files.copy(libc, libraries.resolve("libc.so.6"));
    Path program = Files.copy(Path.of("/bin/cat").toRealPath(), folder.resolve("cat"));

    ElfProgram.relink(program, loader, libraries);

    Commands.Output maps =
        new Commands(folder).run(List.of(program.toString(), "/proc/self/maps"), 10);
    assertThat(maps.err()).isEmpty();
    assertThat(maps.exitCode()).isZero();
    assertThat(maps.out()).contains(loader.toString(), libraries + "/libc.so.6");
    assertThat(maps.out()).doesNotContain(libc.toString());
  }

  @Test
  void whatIsNoProgramIsRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + "# ".repeat(100));
    assertThatThrownBy(() -> ElfProgram.relink(text, LOADER, folder))
        .isInstanceOf(ToolsException.class)
        .hasMessageContaining("script cannot get another loader: it is no x86-64 program");
  }

  @Test
  void aLibraryWithoutALoaderIsRefused() throws Exception {
    Path real = Path.of("/lib/x86_64-linux-gnu/libm.so.6").toRealPath();
    Path library = Files.copy(real, folder.resolve("libm"));
    assertThatThrownBy(() -> ElfProgram.relink(library, LOADER, folder))
        .hasMessageContaining("it names no loader");
  }
}
