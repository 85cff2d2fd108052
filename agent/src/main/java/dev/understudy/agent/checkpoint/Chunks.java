// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Files cut into chunks of one size, each known by its SHA-256. */
public final class Chunks {
  /** Size of every chunk but a file's last. */
  public static final int BYTES = 256 << 10;

  /** One a thread, or a large generation would make as much garbage as it has bytes. */
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(BYTES));

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
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Describes files by their contents, on the calling thread, so that a core is left to others. */
  static List<FileEntry> describe(List<Path> files) throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        List<String> chunks = new ArrayList<>();
        for (int i = 0; i < count(size); i++) {
          chunks.add(hashOf(channel, size, i));
        }
        entries.add(new FileEntry(file.getFileName().toString(), size, chunks));
      }
    }
    return entries;
  }

  private static String hashOf(FileChannel channel, long size, int index) throws IOException {
    ByteBuffer buffer = BUFFER.get().clear().limit(length(size, index));
    read(channel, buffer, (long) index * BYTES);
    return hash(buffer.flip());
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
