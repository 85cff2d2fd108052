// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Archives and layers that may be compressed. */
final class Gzip {
  private static final int BUFFER = 1 << 16;

  private Gzip() {}

  /**
   * The bytes of a stream, unpacked where it is compressed: its first bytes tell, since names do
   * not.
   *
   * @return a {@link GZIPInputStream} if it was compressed
   * @throws IOException when it cannot be read, or is compressed in another way (zstd)
   */
  static InputStream unpacked(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
    in.mark(4);
    byte[] magic = in.readNBytes(4);
    in.reset();
    if (magic.length >= 2 && (magic[0] & 255) == 0x1f && (magic[1] & 255) == 0x8b) {
      return new GZIPInputStream(in, BUFFER);
    }
    if (magic.length == 4 && (magic[0] & 255) == 0x28 && (magic[1] & 255) == 0xb5) {
      throw new IOException("it is compressed by zstd; save the image with gzip");
    }
    return in;
  }
}
