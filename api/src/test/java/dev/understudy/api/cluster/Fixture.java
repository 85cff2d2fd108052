// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** A folder with everything that the valid cluster file names. */
final class Fixture {
  private Fixture() {}

  /** The text of valid.yaml or another resource beside it. */
  static String resource(String name) throws IOException {
    try (InputStream in = Fixture.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no such resource: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes web.tar, web.tar.gz and plain.txt into the folder. */
  static void fill(Path folder) throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    Files.write(folder.resolve("web.tar"), tar);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(tar);
    }
    Files.write(folder.resolve("web.tar.gz"), packed.toByteArray());
    Files.writeString(folder.resolve("plain.txt"), "neither a program nor an image\n");
  }

  static Cluster read(Path folder, String document) throws IOException, ClusterFileException {
    return ClusterFile.read(Files.writeString(folder.resolve("cluster.yaml"), document));
  }
}
