// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Files cut into chunks of one size, each known by its SHA-256. */
public final class Chunks {
  /** Size of every chunk but a file's last. */
  public static final int BYTES = 256 << 10;

  /** One a thread, or a large generation would make as much garbage as it has bytes. */
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

  /** For a chunk of the former generation beside it. */
  private static final ThreadLocal<ByteBuffer> FORMER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

  private Chunks() {}

  /** How many chunks a file of that size has. */
  static long count(long size) {
    return Math.ceilDiv(size, (long) BYTES);
  }

  /** Bytes of one chunk of a file. */
  static int length(long size, int index) {
    return (int) Math.min(BYTES, size - (long) index * BYTES);
  }

  /** SHA-256 in hexadecimal of the bytes between position and limit, which it consumes. */
  static String hash(ByteBuffer bytes) {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** CRC-32C of the bytes between position and limit, which are left alone. */
  static int sum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  /**
   * Describes files by their contents, on the calling thread, so that a core is left to others.
   *
   * @param former a generation of the same program: what is equal in its file of the same name need
   *     not be hashed again, and comparing costs a tenth of hashing
   */
  static List<FileEntry> describe(List<Path> files, Optional<Generation> former)
      throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          Known known = Known.of(former, name)) {
        long size = channel.size();
        List<String> chunks = new ArrayList<>();
        for (int i = 0; i < count(size); i++) {
          ByteBuffer buffer = BUFFER.get().clear().limit(length(size, i));
          read(channel, buffer, (long) i * BYTES);
          buffer.flip();
          Optional<String> same = known.hash(i, buffer);
          chunks.add(same.isPresent() ? same.get() : hash(buffer));
        }
        entries.add(new FileEntry(name, size, chunks));
      }
    }
    return entries;
  }

  /** A file whose chunks have known hashes, if there is one. */
  private record Known(@Nullable FileChannel channel, @Nullable FileEntry entry)
      implements AutoCloseable {
    static Known of(Optional<Generation> generation, String name) throws IOException {
      if (generation.isPresent()) {
        for (FileEntry entry : generation.get().manifest().files()) {
          if (entry.name().equals(name)) {
            return open(generation.get().directory().resolve(name), entry);
          }
        }
      }
      return new Known(null, null);
    }

    /** What was deleted or cut meanwhile is of no use, and no reason to fail. */
    private static Known open(Path file, FileEntry entry) throws IOException {
      FileChannel channel;
      try {
        channel = FileChannel.open(file, StandardOpenOption.READ);
      } catch (NoSuchFileException gone) {
        return new Known(null, null);
      }
      if (channel.size() == entry.size()) {
        return new Known(channel, entry);
      }
      channel.close();
      return new Known(null, null);
    }

    /** The hash of that chunk if it has the same bytes, which are left alone. */
    Optional<String> hash(int index, ByteBuffer bytes) throws IOException {
      if (channel == null
          || entry == null
          || index >= entry.chunks().size()
          || length(entry.size(), index) != bytes.remaining()) {
        return Optional.empty();
      }
      ByteBuffer mine = FORMER.get().clear().limit(bytes.remaining());
      read(channel, mine, (long) index * BYTES);
      return mine.flip().mismatch(bytes) < 0
          ? Optional.of(entry.chunks().get(index))
          : Optional.empty();
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
      }
    }
  }

  /** Fills the buffer from that position of a file. */
  static void read(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, position);
      if (n < 0) {
        throw new IOException("a file of the generation became shorter while it was read");
      }
      position += n;
    }
  }
}
