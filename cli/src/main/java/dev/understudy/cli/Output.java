// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Where results go, which remembers that a part of them was lost: a writer above it swallows what
 * goes wrong.
 */
final class Output extends FilterOutputStream {
  private Optional<IOException> failure = Optional.empty();

  Output(OutputStream out) {
    super(new BufferedOutputStream(out));
  }

  /** The first thing that went wrong. */
  Optional<IOException> failure() {
    return failure;
  }

  @Override
  public void write(int b) throws IOException {
    try {
      out.write(b);
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  private IOException remembered(IOException e) {
    failure = failure.or(() -> Optional.of(e));
    return e;
  }
}
