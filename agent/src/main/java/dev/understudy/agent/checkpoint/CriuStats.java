// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What CRIU measured about its own dump: the file stats-dump, two magic numbers, a length and one
 * Protocol Buffers message whose field 1 holds the dump's numbers in microseconds.
 *
 * @param freezingNanos from the first stop signal until everything stood
 * @param frozenNanos from then until CRIU let go
 */
record CriuStats(long freezingNanos, long frozenNanos) {
  private static final int HEADER_BYTES = 12;

  static CriuStats read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return parse(bytes);
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("CRIU's stats-dump is not understood (" + bytes.length + " bytes)", e);
    }
  }

  static CriuStats parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
    if (varint(in) != (1 << 3 | 2)) {
      throw new IllegalArgumentException("no dump statistics");
    }
    int length = Math.toIntExact(varint(in));
    in.limit(Math.addExact(in.position(), length));
    long freezing = 0;
    long frozen = 0;
    while (in.hasRemaining()) {
      long tag = varint(in);
      if ((tag & 7) != 0) {
        throw new IllegalArgumentException("field " + (tag >> 3) + " is not a number");
      }
      long value = varint(in);
      switch ((int) (tag >> 3)) {
        case 1 -> freezing = value * 1000;
        case 2 -> frozen = value * 1000;
        default -> {
          // Other counters of CRIU, which nobody asks for.
        }
      }
    }
    return new CriuStats(freezing, frozen);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 127) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }
}
