// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.CriuRestore;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What CRIU measured about itself, in its images stats-dump and stats-restore: two magic numbers, a
 * length and one Protocol Buffers message, whose field 1 holds the figures of a dump and field 2
 * those of a restore, each numbered from 1. See images/stats.proto of CRIU.
 */
final class CriuStats {
  private static final int SERVICE_MAGIC = 0x55105940;
  private static final int STATS_MAGIC = 0x57093306;
  private static final int HEADER_BYTES = 12;
  private static final int FILE_BYTES_MOST = 4_096;
  private static final int DUMP_FIELD = 1;
  private static final int RESTORE_FIELD = 2;
  private static final int TYPE_NUMBER = 0;
  private static final int TYPE_BYTES = 2;

  private CriuStats() {}

  /** The figures of a dump. */
  static CriuDump dump(Path file) throws IOException {
    return CriuDump.of(figures(file, DUMP_FIELD, CriuDump.COUNT));
  }

  /** The figures of a restore. */
  static CriuRestore restore(Path file) throws IOException {
    return CriuRestore.of(figures(file, RESTORE_FIELD, CriuRestore.COUNT));
  }

  private static long[] figures(Path file, int field, int count) throws IOException {
    long size = Files.size(file);
    if (size > FILE_BYTES_MOST) {
      throw new IOException("CRIU's " + file.getFileName() + " has " + size + " bytes");
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      return parse(bytes, field, count);
    } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
      throw new IOException(
          "CRIU's %s is not understood (%d bytes): %s"
              .formatted(file.getFileName(), bytes.length, e.getMessage()),
          e);
    }
  }

  /**
   * The numbers of one submessage, by their field numbers.
   *
   * @param field of the submessage
   * @param count how many are wanted; others are ignored, those that are not there are -1
   */
  static long[] parse(byte[] bytes, int field, int count) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER_BYTES || in.getInt() != SERVICE_MAGIC || in.getInt() != STATS_MAGIC) {
      throw new IllegalArgumentException("not the magic numbers of statistics");
    }
    int size = in.getInt();
    if (size < 0 || size > in.remaining()) {
      throw new IllegalArgumentException(size + " bytes announced, " + in.remaining() + " there");
    }
    in.limit(in.position() + size);
    while (in.hasRemaining()) {
      long tag = varint(in);
      if ((tag & 7) != TYPE_BYTES) {
        throw new IllegalArgumentException("field " + (tag >> 3) + " is no message");
      }
      int length = Math.toIntExact(varint(in));
      int end = Math.addExact(in.position(), length);
      if (tag >> 3 == field) {
        return numbers(in.limit(end), count);
      }
      in.position(end);
    }
    throw new IllegalArgumentException("no message " + field);
  }

  private static long[] numbers(ByteBuffer in, int count) {
    long[] figures = new long[count];
    Arrays.fill(figures, -1);
    while (in.hasRemaining()) {
      long tag = varint(in);
      if ((tag & 7) != TYPE_NUMBER) {
        throw new IllegalArgumentException("field " + (tag >> 3) + " is not a number");
      }
      long value = varint(in);
      long field = tag >> 3;
      if (value < 0) {
        throw new IllegalArgumentException("field " + field + " is above 63 bits");
      }
      if (field >= 1 && field <= count) {
        figures[(int) field - 1] = value;
      }
    }
    return figures;
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
