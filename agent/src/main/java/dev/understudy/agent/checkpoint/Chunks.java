// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Scheduling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Files cut into chunks of one size, each known by its SHA-256. */
public final class Chunks {
  /** Size of every chunk but a file's last. */
  public static final int BYTES = 1 << 20;

  private static final int WORKERS = 1;
  private static final int NICE = 0;

  /** One a worker, or a large generation would make as much garbage as it has bytes. */
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

  /**
   * Describes files by their contents, on one thread, so that a core is left to everything else.
   */
  static List<FileEntry> describe(List<Path> files) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS, Chunks::lowPriority);
    try {
      List<Long> sizes = new ArrayList<>();
      List<List<Future<String>>> hashes = new ArrayList<>();
      for (Path file : files) {
        long size = Files.size(file);
        sizes.add(size);
        List<Future<String>> ofFile = new ArrayList<>();
        for (int i = 0; i < count(size); i++) {
          int index = i;
          ofFile.add(workers.submit(() -> hashOf(file, size, index)));
        }
        hashes.add(ofFile);
      }
      List<FileEntry> entries = new ArrayList<>();
      for (int f = 0; f < files.size(); f++) {
        List<String> chunks = new ArrayList<>();
        for (Future<String> hash : hashes.get(f)) {
          chunks.add(await(hash));
        }
        entries.add(new FileEntry(files.get(f).getFileName().toString(), sizes.get(f), chunks));
      }
      return entries;
    } finally {
      workers.shutdownNow();
    }
  }

  private static String hashOf(Path file, long size, int index) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = BUFFER.get().clear().limit(length(size, index));
      read(channel, buffer, (long) index * BYTES);
      return hash(buffer.flip());
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

  private static String await(Future<String> hash) throws IOException {
    try {
      return hash.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it hashed", e);
    } catch (ExecutionException e) {
      throw new IOException("hashing failed: " + e.getCause(), e);
    }
  }

  private static Thread lowPriority(Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .name("hash")
        .unstarted(() -> {
          // A host that refuses leaves an ordinary thread, which is only less polite.
          var _ = Scheduling.niceThisThread(NICE);
          work.run();
        });
  }
}
