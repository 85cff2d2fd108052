// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Where the project keeps what it fetches. */
public final class CacheFolder {
  private CacheFolder() {}

  /** The folder of this user. */
  public static Path ofUser() throws ToolsException {
    return locate(System.getenv(), System.getProperty("user.home"));
  }

  /** Refuses when the disk of a folder has less room than that. */
  public static void requireRoom(Path folder, long bytes) throws ToolsException, IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw new ToolsException(
          folder
              + " has "
              + PrivateApt.megabytes(free)
              + " free, needed are "
              + PrivateApt.megabytes(bytes)
              + "; make room, or set UNDERSTUDY_CACHE to a folder on a larger disk");
    }
  }

  /**
   * The right to change a folder of the cache, until the channel is closed.
   *
   * @param waits told when another run has it, before that one is waited for
   */
  public static FileChannel lock(Path folder, Runnable waits) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      if (channel.tryLock() == null) {
        waits.run();
        var _ = channel.lock();
      }
      locked = true;
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  /**
   * {@code UNDERSTUDY_CACHE}, else {@code understudy} below {@code XDG_CACHE_HOME}, else below
   * {@code ~/.cache}. A relative {@code XDG_CACHE_HOME} is ignored, as the XDG Base Directory
   * Specification demands.
   */
  static Path locate(Map<String, String> environment, String userHome) throws ToolsException {
    String own = environment.getOrDefault("UNDERSTUDY_CACHE", "");
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    Path folder;
    if (!own.isEmpty()) {
      folder = Path.of(own).toAbsolutePath();
    } else if (xdg.startsWith("/")) {
      folder = Path.of(xdg, "understudy");
    } else {
      folder = Path.of(home.isEmpty() ? userHome : home, ".cache", "understudy").toAbsolutePath();
    }
    Path normal = folder.normalize();
    // The path becomes a part of apt's configuration and of a library path, without escapes.
    if (!normal.toString().matches("[A-Za-z0-9/._+@=,-]+")) {
      throw new ToolsException(
          "the cache folder "
              + normal
              + " has a character that apt or the loader would misread;"
              + " set UNDERSTUDY_CACHE to a plain path");
    }
    return normal;
  }
}
