// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is only appended to and never passes a size: then it is renamed to {@code NAME.1}, in
 * place of a former one, and begun again. After a failure the next try may work. For one thread.
 */
public final class BoundedFile implements Closeable {
  private final Path file;
  private final long mostBytes;
  private @Nullable OutputStream out;
  private long size;

  /** Begins where the file ends, when something is appended. */
  public BoundedFile(Path file, long mostBytes) {
    this.file = file;
    this.mostBytes = mostBytes;
  }

  /**
   * Appends the first so many bytes.
   *
   * @throws IOException when there is no room; a part of them may be written
   */
  public void append(byte[] bytes, int length) throws IOException {
    try {
      OutputStream to = out == null ? open() : out;
      if (size > 0 && size + length > mostBytes) {
        to.close();
        Path former = file.resolveSibling(file.getFileName() + ".1");
        Files.move(file, former, StandardCopyOption.REPLACE_EXISTING);
        to = open();
      }
      to.write(bytes, 0, length);
      size += length;
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private OutputStream open() throws IOException {
    OutputStream opened =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out = opened;
    size = Files.size(file);
    return opened;
  }

  @Override
  public void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
