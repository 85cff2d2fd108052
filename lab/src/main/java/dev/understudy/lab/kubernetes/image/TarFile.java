// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a tar file in the format ustar (POSIX.1-1988): everything belongs to root and is of the
 * epoch's first second, so that equal content makes equal bytes.
 */
final class TarFile implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final int NAME_MOST = 100;
  private static final int PREFIX_MOST = 155;
  private static final byte FILE = '0';
  private static final byte LINK = '2';
  private static final byte FOLDER = '5';

  private final OutputStream out;

  TarFile(OutputStream out) {
    this.out = out;
  }

  void folder(String name, int mode) throws IOException {
    header(name.endsWith("/") ? name : name + "/", mode, 0, FOLDER, "");
  }

  void link(String name, String target) throws IOException {
    header(name, 0777, 0, LINK, target);
  }

  void file(String name, int mode, byte[] content) throws IOException {
    header(name, mode, content.length, FILE, "");
    out.write(content);
    pad(content.length);
  }

  /** A file that stays where it is while it is copied; it must not change meanwhile. */
  void file(String name, int mode, Path content) throws IOException {
    long size = Files.size(content);
    header(name, mode, size, FILE, "");
    long copied = Files.copy(content, out);
    if (copied != size) {
      throw new IOException(content + " changed while it was copied: " + size + ", " + copied);
    }
    pad(size);
  }

  private void header(String name, int mode, long size, byte kind, String target)
      throws IOException {
    byte[] block = new byte[BLOCK];
    byte[] whole = name.getBytes(StandardCharsets.UTF_8);
    int cut = whole.length <= NAME_MOST ? -1 : cut(name, whole);
    byte[] rest = Arrays.copyOfRange(whole, cut + 1, whole.length);
    System.arraycopy(rest, 0, block, 0, rest.length);
    octal(block, 100, 8, mode);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, size);
    octal(block, 136, 12, 0);
    Arrays.fill(block, 148, 156, (byte) ' ');
    block[156] = kind;
    byte[] linked = target.getBytes(StandardCharsets.UTF_8);
    if (linked.length > NAME_MOST) {
      throw new IOException("a link's target is too long for a tar file: " + target);
    }
    System.arraycopy(linked, 0, block, 157, linked.length);
    byte[] magic = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, block, 257, magic.length);
    System.arraycopy(whole, 0, block, 345, Math.max(0, cut));
    int sum = 0;
    for (byte value : block) {
      sum += value & 0xff;
    }
    octal(block, 148, 7, sum);
    out.write(block);
  }

  /** Where a long name is split into a prefix and a name: at a slash. */
  private static int cut(String name, byte[] whole) throws IOException {
    for (int at = Math.min(PREFIX_MOST, whole.length - 2); at > 0; at--) {
      if (whole[at] == '/' && whole.length - at - 1 <= NAME_MOST) {
        return at;
      }
    }
    throw new IOException("a name is too long for a tar file: " + name);
  }

  private static void octal(byte[] block, int at, int width, long value) {
    String digits = Long.toOctalString(value);
    String padded = "0".repeat(width - 1 - digits.length()) + digits;
    System.arraycopy(padded.getBytes(StandardCharsets.US_ASCII), 0, block, at, width - 1);
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
  }

  /** Writes the end; the stream stays open. */
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }
}
