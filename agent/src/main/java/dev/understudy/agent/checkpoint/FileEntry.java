// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.util.List;

/**
 * One file of a generation.
 *
 * @param name without any directory
 * @param size in bytes
 * @param chunks SHA-256 in hexadecimal of each {@link Chunks#BYTES}, the last one may be shorter
 */
public record FileEntry(String name, long size, List<String> chunks) {
  private static final int NAME_CHARS = 100;

  public FileEntry {
    chunks = List.copyOf(chunks);
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*") || name.length() > NAME_CHARS) {
      throw new IllegalArgumentException("not the name of a generation's file: " + name);
    }
    if (size < 0 || chunks.size() != Chunks.count(size)) {
      throw new IllegalArgumentException(
          name + " of " + size + " bytes does not have " + chunks.size() + " chunks");
    }
    for (String chunk : chunks) {
      if (!chunk.matches("[0-9a-f]{64}")) {
        throw new IllegalArgumentException("not a SHA-256 in " + name + ": " + chunk);
      }
    }
  }
}
