// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HolderTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir Path folder = Path.of("");

  private Path program() throws Exception {
    Path file = folder.resolve("holder");
    Files.write(file, Holder.program());
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void whatLiesBesideTheSourceIsWhatAnAssemblerMakesOfIt() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/as")) && Files.isExecutable(Path.of("/usr/bin/ld")),
        "this machine has no assembler and linker in /usr/bin");
    Path source = folder.resolve("holder.s");
    try (InputStream in =
        Objects.requireNonNull(Holder.class.getResourceAsStream("holder.s"), "holder.s")) {
      Files.write(source, in.readAllBytes());
    }
    Path object = folder.resolve("h.o");
    Path linked = folder.resolve("h");
    assertThat(run("/usr/bin/as", "-o", object.toString(), source.toString())).isZero();
    assertThat(
            run(
                "/usr/bin/ld",
                "-n",
                "-z",
                "noseparate-code",
                "-s",
                "--build-id=none",
                "-o",
                linked.toString(),
                object.toString()))
        .isZero();
    assertThat(Files.readAllBytes(linked)).isEqualTo(Holder.program());
  }

  @Test
  void itInstallsItselfAndIsNotReadyBeforeItWasTold() throws Exception {
    assumeTrue(System.getProperty("os.arch", "").equals("amd64"), "the holder is for x86-64");
    String holder = program().toString();
    Path copy = folder.resolve("copy");
    assertThat(run(holder, "install", copy.toString())).isZero();
    assertThat(Files.readAllBytes(copy)).isEqualTo(Holder.program());
    assertThat(Files.isExecutable(copy)).isTrue();
    assertThat(run(copy.toString(), "ready")).isEqualTo(FAILED);
    assertThat(run(copy.toString(), "install")).isEqualTo(USAGE);
    assertThat(run(holder, "install", "/proc/no/such")).isEqualTo(FAILED);
  }

  @Test
  void itEndsWhenItIsToldToBeforeAnythingWasWoken() throws Exception {
    assumeTrue(System.getProperty("os.arch", "").equals("amd64"), "the holder is for x86-64");
    Process process = new ProcessBuilder(List.of(program().toString())).start();
    byte[] said = process.getErrorStream().readNBytes(7);
    assertThat(said).isEqualTo("holder:".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
