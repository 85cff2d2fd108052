// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.core.protocol.DurableState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The protocol's durable state in one small file: written beside, forced, renamed over.
 *
 * <pre>
 * offset size
 *      0    4  magic "UNDS"
 *      4    4  CRC-32C of what follows
 *      8    8  incarnation    16  8  ceiling    24  8  longest promise in nanoseconds
 * </pre>
 */
final class DurableStore {
  private static final int MAGIC = 0x554E4453;
  private static final int BYTES = 32;

  private final Path file;

  DurableStore(Path file) {
    this.file = file;
  }

  /** What is on disk; {@link DurableState#NEW} when this node never ran. */
  DurableState load() throws IOException {
    if (!Files.exists(file)) {
      return DurableState.NEW;
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length != BYTES || in.getInt() != MAGIC || in.getInt() != checksum(bytes)) {
      // Going on without it could grant an epoch twice: people have to decide.
      throw new IOException(
          file
              + " is damaged ("
              + bytes.length
              + " bytes); if this node's disk was replaced, remove the file while every other node"
              + " runs, otherwise restore it");
    }
    return new DurableState(in.getLong(), in.getLong(), in.getLong());
  }

  /** Returns when the state is on disk. */
  void save(DurableState state) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putInt(MAGIC).putInt(0);
    out.putLong(state.incarnation()).putLong(state.ceiling());
    out.putLong(state.longestPromiseNanos());
    out.putInt(4, checksum(out.array())).flip();
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 8, BYTES - 8);
    return (int) crc.getValue();
  }
}
