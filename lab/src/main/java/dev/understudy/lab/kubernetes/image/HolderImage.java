// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.image;

import dev.understudy.agent.runtime.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** The image from which standby Pods get the holder: one program, and nothing else. */
public final class HolderImage {
  /** What it is called in labs. */
  public static final String NAME = "lab.local/holder:1";

  private HolderImage() {}

  /** Packs it into a file. */
  public static void write(Path archive) throws IOException {
    Path program = archive.resolveSibling(archive.getFileName() + ".program");
    try {
      Files.write(program, Holder.program());
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      new ContainerImage(
              NAME, List.of("/holder"), List.of(), "65532:65532", Map.of("holder", program))
          .write(archive);
    } finally {
      Files.deleteIfExists(program);
    }
  }
}
