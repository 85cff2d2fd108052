// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The right to change one lab. It ends with the process that has it, however that ends. */
final class LabLock implements AutoCloseable {
  private final FileChannel channel;

  private LabLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param file made if it is not there; its folder must be there
   * @throws LabException when another command has it
   */
  static LabLock take(String lab, Path file) throws LabException, IOException {
    while (true) {
      Optional<LabLock> taken = tryOnce(lab, file);
      if (taken.isPresent()) {
        return taken.get();
      }
    }
  }

  /** Empty when the file was deleted by its former owner between our opening and locking it. */
  private static Optional<LabLock> tryOnce(String lab, Path file) throws LabException, IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException _) {
      // Left by a former run, or in use: the lock tells.
    }
    FileChannel channel;
    Object before;
    try {
      before = Files.getAttribute(file, "unix:ino");
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    boolean keep = false;
    try {
      @Nullable FileLock lock = tryLock(channel);
      if (lock == null) {
        throw LabException.input(
            "Lab "
                + lab
                + " is in use by another command"
                + holder(channel)
                + "; wait for its end, or set UNDERSTUDY_STATE to another folder.");
      }
      if (!Files.exists(file) || !before.equals(Files.getAttribute(file, "unix:ino"))) {
        return Optional.empty();
      }
      channel.truncate(0);
      String pid = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)));
      keep = true;
      return Optional.of(new LabLock(channel));
    } finally {
      if (!keep) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // This very process has it: another lab of the same name in one JVM.
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(20);
    int length = channel.read(text, 0);
    return length <= 0
        ? ""
        : " (process " + new String(text.array(), 0, length, StandardCharsets.UTF_8) + ")";
  }

  @Override
  public void close() throws LabException {
    try {
      channel.close();
    } catch (IOException e) {
      throw LabException.failed("Cannot release the lab's lock: " + e.getMessage() + ".", e);
    }
  }
}
