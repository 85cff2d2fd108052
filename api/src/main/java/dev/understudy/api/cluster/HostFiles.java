// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The files that a cluster file names: they are looked at, never changed. */
final class HostFiles {
  private static final int TAR_MAGIC_AT = 257;
  private static final byte[] TAR_MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final boolean look;

  /**
   * @param folder where relative paths begin
   * @param look whether what is not there is a problem
   */
  HostFiles(Path folder, boolean look) {
    this.folder = folder;
    this.look = look;
  }

  /** Reports a program that this machine does not have or does not let anybody execute. */
  void checkProgram(YamlValue value, String program) {
    Optional<Path> path = path(value, program);
    if (path.isEmpty() || !look) {
      return;
    }
    if (!Files.exists(path.get())) {
      value.refuse(
          Words.quoted(program)
              + " does not exist on this machine; install it, or correct the path");
    } else if (!Files.isRegularFile(path.get()) || !Files.isExecutable(path.get())) {
      value.refuse(
          Words.quoted(program)
              + " is not an executable file; correct the path, or chmod +x the file");
    }
  }

  /** The absolute path of an image archive; a full look into it is the importer's. */
  Optional<Path> image(YamlValue value) {
    Optional<Path> path =
        value.text().flatMap(text -> path(value, text)).map(p -> folder.resolve(p).normalize());
    if (path.isEmpty() || !look) {
      return path;
    }
    Path file = path.get();
    String name = Words.quoted(file.toString());
    if (!Files.exists(file)) {
      value.refuse(name + " does not exist; a relative path begins at the cluster file");
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      value.refuse(name + " is not a regular file; name the archive of an image");
      return Optional.empty();
    }
    try {
      if (!archive(file)) {
        value.refuse(
            name + " is not an archive; name a tar file, plain or gzip, of docker save or skopeo");
        return Optional.empty();
      }
    } catch (IOException e) {
      value.refuse(name + " cannot be read: " + Words.printable(String.valueOf(e.getMessage())));
      return Optional.empty();
    }
    return path;
  }

  private static boolean archive(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(TAR_MAGIC_AT + TAR_MAGIC.length);
    }
    boolean gzip = head.length > 2 && (head[0] & 255) == 0x1f && (head[1] & 255) == 0x8b;
    boolean tar =
        head.length == TAR_MAGIC_AT + TAR_MAGIC.length
            && Arrays.equals(head, TAR_MAGIC_AT, head.length, TAR_MAGIC, 0, TAR_MAGIC.length);
    return gzip || tar;
  }

  private static Optional<Path> path(YamlValue value, String text) {
    if (text.isEmpty()) {
      value.refuse("is empty; write the path of a file");
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      value.refuse(
          Words.quoted(text) + " cannot be a path here: " + Words.printable(e.getReason()));
      return Optional.empty();
    }
  }
}
