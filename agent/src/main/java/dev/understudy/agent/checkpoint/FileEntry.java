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
  private static final int HASH_CHARS = 64;

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
      if (!isHash(chunk)) {
        throw new IllegalArgumentException("not a SHA-256 in " + name + ": " + chunk);
      }
    }
  }

  /** Without a regular expression: a large generation has thousands of them. */
  private static boolean isHash(String text) {
    if (text.length() != HASH_CHARS) {
      return false;
    }
    for (int i = 0; i < HASH_CHARS; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
