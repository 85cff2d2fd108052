// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Turns an archive's layers into a folder, once, and reads what the image says of its program. */
final class ImageUnpacker {
  private static final long MOST_BYTES = 64L << 30;
  private static final long MOST_ENTRIES = 4_000_000;
  private static final int MOST_LAYERS = 256;

  private final ImageArchive archive;
  private final Path images;

  ImageUnpacker(ImageArchive archive, Path images) {
    this.archive = archive;
    this.images = images;
  }

  Image unpack() throws IOException {
    ImageArchive.Contents contents = archive.contents();
    byte[] bytes;
    try (InputStream in = archive.open(contents.configEntry())) {
      bytes = in.readNBytes(4 << 20);
    }
    String digest = Digests.of(bytes);
    JsonNode config = archive.document(contents.configEntry(), contents.configDigest());
    check(config, contents);
    Path place = images.resolve(Digests.hex(digest));
    if (!Files.isDirectory(place)) {
      Files.createDirectories(images);
      Path partial = Files.createTempDirectory(images, "partial-");
      try {
        layers(config, contents, Files.createDirectory(partial.resolve("rootfs")));
        Files.move(partial, place);
      } catch (IOException e) {
        Trees.delete(partial);
        throw e;
      }
    }
    return image(digest, place.resolve("rootfs"), config.path("config"));
  }

  private static void check(JsonNode config, ImageArchive.Contents contents) throws IOException {
    String architecture = config.path("architecture").asText();
    if (architecture.isEmpty()) {
      throw new IOException("its configuration does not say for which architecture it is");
    }
    if (!config.path("os").asText("linux").equals("linux")
        || !architecture.equals(Architecture.ours())) {
      throw new IOException(
          "it is for %s/%s, this machine is linux/%s"
              .formatted(config.path("os").asText("linux"), architecture, Architecture.ours()));
    }
    int layers = config.path("rootfs").path("diff_ids").size();
    if (layers != contents.layers().size() || layers == 0 || layers > MOST_LAYERS) {
      throw new IOException(
          "it has %d layers and digests of %d".formatted(contents.layers().size(), layers));
    }
  }

  private void layers(JsonNode config, ImageArchive.Contents contents, Path root)
      throws IOException {
    ImageLayer.Budget budget = new ImageLayer.Budget(MOST_BYTES, MOST_ENTRIES);
    for (int i = 0; i < contents.layers().size(); i++) {
      ImageArchive.Layer layer = contents.layers().get(i);
      ImageLayer writer = new ImageLayer(root, budget);
      MessageDigest packed = Digests.sha256();
      MessageDigest plain = Digests.sha256();
      try (InputStream raw = new Hashed(archive.open(layer.entry()), packed)) {
        InputStream unpacked = new Hashed(Gzip.unpacked(raw), plain);
        writer.hide(unpacked);
        raw.transferTo(java.io.OutputStream.nullOutputStream());
      }
      if (layer.digest().isPresent()) {
        Digests.check("layer " + i, layer.digest().get(), Digests.text(packed.digest()));
      }
      String wanted = config.path("rootfs").path("diff_ids").path(i).asText();
      Digests.check("layer " + i, wanted, Digests.text(plain.digest()));
      try (InputStream raw = archive.open(layer.entry())) {
        writer.make(new BufferedInputStream(Gzip.unpacked(raw), 1 << 16));
      }
    }
  }

  /** Hashes what is skipped too, which DigestInputStream does not. */
  private static final class Hashed extends DigestInputStream {
    private final byte[] scratch = new byte[1 << 16];

    Hashed(InputStream in, MessageDigest digest) {
      super(in, digest);
    }

    @Override
    public long skip(long bytes) throws IOException {
      return Math.max(0, read(scratch, 0, (int) Math.min(scratch.length, bytes)));
    }
  }

  private static Image image(String digest, Path root, JsonNode config) throws IOException {
    List<String> command = new ArrayList<>();
    config.path("Entrypoint").forEach(part -> command.add(part.asText()));
    config.path("Cmd").forEach(part -> command.add(part.asText()));
    TreeMap<String, String> environment = new TreeMap<>();
    for (JsonNode variable : config.path("Env")) {
      String[] parts = variable.asText().split("=", 2);
      environment.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    String directory = config.path("WorkingDir").asText("");
    int[] user = user(root, config.path("User").asText(""));
    return new Image(
        digest,
        root,
        List.copyOf(command),
        environment,
        directory.isEmpty() ? "/" : directory,
        user[0],
        user[1]);
  }

  /** "USER" or "USER:GROUP", by number or by name in the image's own files; empty is root. */
  private static int[] user(Path root, String text) throws IOException {
    if (text.isEmpty()) {
      return new int[] {0, 0};
    }
    String[] parts = text.split(":", 2);
    Optional<String[]> known = line(root, "etc/passwd", parts[0]);
    int uid = known.isPresent() ? number(known.get()[2]) : number(parts[0]);
    if (parts.length == 1) {
      return new int[] {uid, known.isPresent() ? number(known.get()[3]) : 0};
    }
    Optional<String[]> group = line(root, "etc/group", parts[1]);
    return new int[] {uid, group.isPresent() ? number(group.get()[2]) : number(parts[1])};
  }

  /** The line that begins with that name, or has that number, in a file like /etc/passwd. */
  private static Optional<String[]> line(Path root, String file, String name) throws IOException {
    Path path = new InRoot(root).follow(file);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    for (String line : Files.readAllLines(path, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && (fields[0].equals(name) || fields[2].equals(name))) {
        return Optional.of(fields);
      }
    }
    return Optional.empty();
  }

  private static int number(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("the image has no user or group " + text, e);
    }
  }
}
