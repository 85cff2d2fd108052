// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Trees;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One complete generation on this node.
 *
 * @param directory holds the manifest and the files that it lists
 * @param manifest what it consists of
 * @param sums of its chunks, if it came from another node
 */
public record Generation(Path directory, Manifest manifest, ChunkSums sums) {
  /** Name of the archive of the overlay's upper directory, absent when that is empty. */
  static final String UPPER = "upper.tar";

  /** Name of the archive of /dev/shm, absent when that is empty. */
  static final String SHM = "shm.tar";

  private static final String PARTIAL = "partial-";
  private static final Pattern NAME = Pattern.compile("([1-9][0-9]{0,17})-(.+)-([0-9]{1,19})");

  /** One whose chunks have no sums. */
  public Generation(Path directory, Manifest manifest) {
    this(directory, manifest, ChunkSums.NONE);
  }

  /** Which one it is. */
  public GenerationId id() {
    return manifest.id();
  }

  /** One of its files, if it has that one. */
  Optional<Path> file(String name) {
    return manifest.files().stream().anyMatch(entry -> entry.name().equals(name))
        ? Optional.of(directory.resolve(name))
        : Optional.empty();
  }

  /** Deletes it. */
  public void delete() throws IOException {
    Trees.delete(directory);
  }

  /**
   * Reads everything again and compares it with the manifest.
   *
   * @return why it must not be used, as one sentence; empty when it is whole
   */
  public Optional<String> damage() throws IOException {
    for (FileEntry entry : manifest.files()) {
      Path file = directory.resolve(entry.name());
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("file " + entry.name() + " of generation " + id() + " is missing");
      }
      if (Files.size(file) != entry.size()) {
        return Optional.of(
            "file %s of generation %s has %d bytes in place of %d"
                .formatted(entry.name(), id(), Files.size(file), entry.size()));
      }
    }
    List<Path> files =
        manifest.files().stream().map(entry -> directory.resolve(entry.name())).toList();
    List<FileEntry> found = Chunks.describe(files, Optional.empty());
    for (int f = 0; f < found.size(); f++) {
      FileEntry wanted = manifest.files().get(f);
      for (int c = 0; c < wanted.chunks().size(); c++) {
        if (!wanted.chunks().get(c).equals(found.get(f).chunks().get(c))) {
          return Optional.of(
              "chunk %d of %s in generation %s is damaged".formatted(c, wanted.name(), id()));
        }
      }
    }
    return Optional.empty();
  }

  /** Makes an empty directory, closed to others, for a generation that is not complete yet. */
  static Path newPartial(Path generations, GenerationId id) throws IOException {
    Files.createDirectories(generations);
    return Files.createTempDirectory(generations, PARTIAL + name(id) + "-");
  }

  /** Writes the manifest into a partial directory and gives that its final name. */
  static Generation commit(Path partial, Manifest manifest, ChunkSums sums) throws IOException {
    Path manifestFile = partial.resolve(Manifest.FILE);
    Files.write(manifestFile, manifest.toJson());
    Path complete = partial.resolveSibling(name(manifest.id()));
    Trees.delete(complete);
    Files.move(partial, complete);
    return new Generation(complete, manifest, sums);
  }

  /**
   * Deletes the generations of a workload that are older than one. Newer ones are left: the node
   * may have got one from another while it still shipped its own. Partial ones are left to their
   * makers.
   */
  public static void deleteOlder(Path generations, GenerationId newest) throws IOException {
    if (!Files.isDirectory(generations)) {
      return;
    }
    List<Path> entries;
    try (Stream<Path> list = Files.list(generations)) {
      entries = list.toList();
    }
    for (Path entry : entries) {
      Optional<GenerationId> id = id(entry.getFileName().toString());
      if (id.isPresent() && newest.newerThan(id.get())) {
        Trees.delete(entry);
      }
    }
  }

  private static Optional<GenerationId> id(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Epoch epoch = new Epoch(Long.parseLong(parts.group(1)), parts.group(2));
    return Optional.of(new GenerationId(epoch, Long.parseLong(parts.group(3))));
  }

  private static String name(GenerationId id) {
    return id.epoch().counter() + "-" + id.epoch().node() + "-" + id.sequence();
  }
}
