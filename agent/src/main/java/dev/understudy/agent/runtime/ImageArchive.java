// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A tar file that holds one image for this machine: an OCI image layout, or what {@code docker
 * save} writes. Nothing in it is trusted: names, links, sizes and digests are checked.
 */
public final class ImageArchive implements AutoCloseable {
  private static final int MOST_DOCUMENT_BYTES = 4 << 20;
  private static final int MOST_ENTRIES = 10_000;
  private static final int MOST_NESTING = 3;
  private static final long MOST_BYTES = 64L << 30;

  private final FileChannel channel;
  private final Map<String, TarReader.Entry> entries = new HashMap<>();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * What the archive says it holds.
   *
   * @param configEntry name of the configuration's entry
   * @param configDigest its SHA-256 where the archive states one
   * @param layers bottom first
   */
  record Contents(String configEntry, Optional<String> configDigest, List<Layer> layers) {}

  /** One layer's entry, and the SHA-256 of its bytes as they lie there where that is stated. */
  record Layer(String entry, Optional<String> digest) {}

  private ImageArchive(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Unpacks an image, unless that image is there already.
   *
   * @param archive the tar file
   * @param images folder of unpacked images
   * @throws IOException with one sentence when it is no image for this machine, or a bad one;
   *     nothing is left behind then
   */
  public static Image unpack(Path archive, Path images) throws IOException {
    try (ImageArchive opened = open(archive, images)) {
      return new ImageUnpacker(opened, images).unpack();
    } catch (InvalidPathException e) {
      throw new IOException(archive + " cannot be used as an image: a name in it is no file's", e);
    } catch (IOException e) {
      throw new IOException(archive + " cannot be used as an image: " + e.getMessage(), e);
    }
  }

  /**
   * Looks whether a workload's archive can be used, by unpacking it.
   *
   * @param trial a folder that is made, and deleted before this returns
   * @throws IOException with one sentence when it cannot
   */
  public static void check(WorkloadSpec workload, Path trial) throws IOException {
    Files.createDirectories(trial);
    try {
      Path archive = workload.image().orElseThrow(() -> new IOException("it has no image"));
      var _ = Program.inImage(workload, unpack(archive, trial));
    } finally {
      Trees.delete(trial);
    }
  }

  private static ImageArchive open(Path file, Path scratch) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no such file");
    }
    ImageArchive made = new ImageArchive(plain(file, scratch));
    try {
      made.index();
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** Entries are read in any order, which a compressed file does not allow. */
  private static FileChannel plain(Path file, Path scratch) throws IOException {
    try (InputStream packed = Files.newInputStream(file);
        InputStream in = Gzip.unpacked(packed)) {
      if (!(in instanceof GZIPInputStream)) {
        return FileChannel.open(file, StandardOpenOption.READ);
      }
      Files.createDirectories(scratch);
      FileChannel channel =
          FileChannel.open(
              Files.createTempFile(scratch, "plain-", ".tar"),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      try {
        OutputStream out = Channels.newOutputStream(channel);
        long bytes = new Bounded(in, MOST_BYTES + 1).transferTo(out);
        if (bytes > MOST_BYTES) {
          throw new IOException("unpacked it has more than " + MOST_BYTES + " bytes");
        }
        return channel;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
  }

  private void index() throws IOException {
    channel.position(0);
    TarReader tar =
        new TarReader(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
    for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      entries.put(normal(next.get().name()), next.get());
      if (entries.size() > MOST_ENTRIES) {
        throw new IOException("it has more than " + MOST_ENTRIES + " entries");
      }
    }
  }

  /** Finds configuration and layers. */
  Contents contents() throws IOException {
    if (entries.containsKey("index.json")) {
      return oci(document("index.json", Optional.empty()), MOST_NESTING);
    }
    if (entries.containsKey("manifest.json")) {
      return docker(document("manifest.json", Optional.empty()));
    }
    throw new IOException("it is a tar file without index.json or manifest.json");
  }

  private Contents oci(JsonNode index, int nesting) throws IOException {
    if (nesting == 0) {
      throw new IOException("its indexes are nested too deeply");
    }
    for (JsonNode candidate : index.path("manifests")) {
      JsonNode platform = candidate.path("platform");
      String architecture = platform.path("architecture").asText(Architecture.ours());
      if (!architecture.equals(Architecture.ours())) {
        continue;
      }
      String digest = candidate.path("digest").asText();
      JsonNode manifest = document(blob(digest), Optional.of(digest));
      if (manifest.has("manifests")) {
        return oci(manifest, nesting - 1);
      }
      String config = manifest.path("config").path("digest").asText();
      List<Layer> layers = new ArrayList<>();
      for (JsonNode layer : manifest.path("layers")) {
        String of = layer.path("digest").asText();
        layers.add(new Layer(blob(of), Optional.of(of)));
      }
      return new Contents(blob(config), Optional.of(config), layers);
    }
    throw new IOException("it holds no image for " + Architecture.ours());
  }

  private Contents docker(JsonNode manifest) throws IOException {
    if (!manifest.isArray()) {
      throw new IOException("its manifest.json is not a list");
    }
    if (manifest.size() != 1) {
      throw new IOException("it holds " + manifest.size() + " images in place of one");
    }
    List<Layer> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path(0).path("Layers")) {
      layers.add(new Layer(normal(layer.asText()), Optional.empty()));
    }
    String config = normal(manifest.path(0).path("Config").asText());
    if (config.isEmpty()) {
      throw new IOException("its manifest.json names no configuration");
    }
    return new Contents(config, Optional.empty(), layers);
  }

  /** A JSON document in the archive. */
  JsonNode document(String name, Optional<String> digest) throws IOException {
    TarReader.Entry entry = entry(name);
    if (entry.size() > MOST_DOCUMENT_BYTES) {
      throw new IOException(name + " has " + entry.size() + " bytes");
    }
    byte[] bytes;
    try (InputStream in = open(name)) {
      bytes = in.readAllBytes();
    }
    if (digest.isPresent()) {
      Digests.check(name, digest.get(), Digests.of(bytes));
    }
    try {
      return json.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException(name + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The bytes of an entry; links to other entries are followed. */
  InputStream open(String name) throws IOException {
    TarReader.Entry entry = entry(name);
    InputStream all = Channels.newInputStream(channel);
    channel.position(entry.offset());
    return new BufferedInputStream(new Bounded(all, entry.size()), 1 << 16);
  }

  private TarReader.Entry entry(String name) throws IOException {
    String at = name;
    for (int links = 0; links < 3; links++) {
      TarReader.Entry entry = entries.get(at);
      if (entry == null) {
        throw new IOException("its entry " + name + " is missing");
      }
      if (entry.isFile()) {
        return entry;
      }
      at =
          switch (entry.type()) {
            case '1' -> normal(entry.link());
            case '2' -> normal(Path.of("/" + at).resolveSibling(entry.link()).toString());
            default -> throw new IOException("its entry " + name + " is not a file");
          };
    }
    throw new IOException("its entry " + name + " is a chain of links");
  }

  private static String blob(String digest) throws IOException {
    return "blobs/sha256/" + Digests.hex(digest);
  }

  private static String normal(String name) {
    return Path.of("/" + name).normalize().toString().substring(1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
