// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The next so many bytes of a stream; closing it leaves the stream open. */
final class Bounded extends FilterInputStream {
  private long left;

  Bounded(InputStream in, long bytes) {
    super(in);
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    if (left == 0) {
      return -1;
    }
    int b = in.read();
    left -= b < 0 ? 0 : 1;
    return b;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long n = in.skip(Math.min(bytes, left));
    left -= n;
    return n;
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public void close() {
    // The file below is closed by whoever opened it.
  }
}
