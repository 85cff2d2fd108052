// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileTest {
  @TempDir Path folder;

  private static void append(BoundedFile file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    file.append(bytes, bytes.length);
  }

  @Test
  void keepsOneFormerFile() throws IOException {
    Path path = folder.resolve("log");
    Files.writeString(path, "old ");
    try (BoundedFile file = new BoundedFile(path, 8)) {
      append(file, "1234");
      assertThat(path).hasContent("old 1234");
      append(file, "5");
      assertThat(path).hasContent("5");
      assertThat(folder.resolve("log.1")).hasContent("old 1234");
      append(file, "longer than it may be");
      assertThat(path).hasContent("longer than it may be");
      append(file, "6");
      assertThat(path).hasContent("6");
      assertThat(folder.resolve("log.1")).hasContent("longer than it may be");
    }
  }

  @Test
  void goesOnWhenTheReasonOfAFailureIsGone() throws IOException {
    Path path = folder.resolve("disk").resolve("log");
    try (BoundedFile file = new BoundedFile(path, 8)) {
      assertThatThrownBy(() -> append(file, "lost")).isInstanceOf(IOException.class);
      Files.createDirectory(path.getParent());
      append(file, "kept");
    }
    assertThat(path).hasContent("kept");
  }
}
