// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads tar entries one after the other: ustar, pax headers, and GNU's long names and large numbers
 * (tar(5)). Sparse files are refused, as images do not have them.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final long MOST_HEADER_BYTES = 1 << 20;
  private static final int MOST_NAME = 4096;
  private static final long MOST_SIZE = 1L << 50;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private long position;
  private long left;
  private int padding;

  /**
   * One entry.
   *
   * @param name as written, not checked
   * @param type tar's type letter
   * @param size bytes of contents
   * @param mode permissions, setuid and so on
   * @param link target of a link
   * @param modifiedSeconds since 1970
   * @param offset where the contents begin in the stream
   */
  record Entry(
      String name,
      char type,
      long size,
      int mode,
      int uid,
      int gid,
      String link,
      long modifiedSeconds,
      long offset) {
    boolean isFile() {
      return type == '0' || type == 0 || type == '7';
    }
  }

  TarReader(InputStream in) {
    this.in = in;
  }

  /** The next entry, whose predecessor's rest is skipped; empty at the end. */
  Optional<Entry> next() throws IOException {
    Map<String, String> pax = new HashMap<>();
    while (true) {
      skipContents();
      if (!readBlock() || isZero()) {
        return Optional.empty();
      }
      checkSum();
      char type = (char) (block[156] & 255);
      left = natural(number(124, 12));
      padding = (int) (-left & (BLOCK - 1));
      switch (type) {
        case 'x' -> parsePax(header(), pax);
        case 'g' -> {
          // Global defaults: comments in practice, and never a name.
          byte[] unused = header();
          if (unused.length == 0) {
            throw new IOException("an empty global header");
          }
        }
        case 'L' -> pax.put("path", untilZero(header()));
        case 'K' -> pax.put("linkpath", untilZero(header()));
        case 'S' -> throw new IOException("a sparse file in the archive is not supported");
        default -> {
          return Optional.of(entry(type, pax));
        }
      }
    }
  }

  private Entry entry(char type, Map<String, String> pax) throws IOException {
    if (pax.containsKey("GNU.sparse.major") || pax.containsKey("GNU.sparse.map")) {
      throw new IOException("a sparse file in the archive is not supported");
    }
    long size = pax.containsKey("size") ? natural(whole(pax.get("size"))) : left;
    // Links and folders have no contents, whatever their header says.
    left = type == '1' || type == '2' || type == '5' ? 0 : size;
    padding = (int) (-left & (BLOCK - 1));
    String prefix = text(257, 5).equals("ustar") && block[263] == '0' ? text(345, 155) : "";
    String name = prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
    String path = pax.getOrDefault("path", name);
    String link = pax.getOrDefault("linkpath", text(157, 100));
    if (path.indexOf(0) >= 0 || link.indexOf(0) >= 0) {
      throw new IOException("a name with a zero byte in the archive");
    }
    if (path.length() > MOST_NAME || link.length() > MOST_NAME) {
      throw new IOException("a name of more than " + MOST_NAME + " characters");
    }
    return new Entry(
        path,
        type,
        left,
        (int) number(100, 8) & 07777,
        (int) (pax.containsKey("uid") ? whole(pax.get("uid")) : number(108, 8)),
        (int) (pax.containsKey("gid") ? whole(pax.get("gid")) : number(116, 8)),
        link,
        number(136, 12),
        position);
  }

  /** Reads from the current entry's contents; -1 at their end. */
  int read(byte[] buffer) throws IOException {
    if (left == 0) {
      return -1;
    }
    int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (n < 0) {
      throw new EOFException("the archive ends in the middle of a file");
    }
    left -= n;
    position += n;
    return n;
  }

  /** No entry is as long as that, and sums of such sizes stay in range. */
  private static long natural(long size) throws IOException {
    if (size < 0 || size > MOST_SIZE) {
      throw new IOException("an entry of " + size + " bytes");
    }
    return size;
  }

  private byte[] header() throws IOException {
    if (left > MOST_HEADER_BYTES) {
      throw new IOException("a header of " + left + " bytes");
    }
    byte[] bytes = in.readNBytes((int) left);
    if (bytes.length != left) {
      throw new EOFException("the archive ends in the middle of a header");
    }
    position += left;
    left = 0;
    return bytes;
  }

  private void skipContents() throws IOException {
    long rest = left + padding;
    try {
      in.skipNBytes(rest);
    } catch (EOFException e) {
      throw new EOFException("the archive ends in the middle of a file");
    }
    position += rest;
    left = 0;
    padding = 0;
  }

  private boolean readBlock() throws IOException {
    int n = in.readNBytes(block, 0, BLOCK);
    position += n;
    if (n != 0 && n != BLOCK) {
      throw new EOFException("the archive ends in the middle of a block");
    }
    return n == BLOCK;
  }

  private boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void checkSum() throws IOException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 255;
    }
    if (sum != number(148, 8)) {
      throw new IOException("not a tar archive, or a damaged one");
    }
  }

  /** Lines of the form "LENGTH KEY=VALUE\n". */
  private static void parsePax(byte[] bytes, Map<String, String> into) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      int space = at;
      while (space < bytes.length && bytes[space] != ' ') {
        space++;
      }
      long length = whole(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
      long end = at + Math.min(length, MOST_HEADER_BYTES + 1);
      if (length <= space - at + 1 || end > bytes.length) {
        throw new IOException("a damaged pax header");
      }
      String line = new String(bytes, space + 1, (int) end - space - 2, StandardCharsets.UTF_8);
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw new IOException("a damaged pax header");
      }
      into.put(line.substring(0, equals), line.substring(equals + 1));
      at = (int) end;
    }
  }

  private static long whole(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new IOException("a damaged number in a header of the archive", e);
    }
  }

  /** Octal text, or GNU's base 256 when the first bit is set. */
  private long number(int at, int length) throws IOException {
    if ((block[at] & 0x80) != 0) {
      long value = block[at] & 0x7f;
      for (int i = 1; i < length; i++) {
        if (value >> 55 != 0) {
          throw new IOException("a number of the archive is too large");
        }
        value = value << 8 | (block[at + i] & 255);
      }
      return value;
    }
    String digits = text(at, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("not a tar archive, or a damaged one", e);
    }
  }

  private String text(int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.UTF_8);
  }

  private static String untilZero(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
