// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import java.nio.ByteBuffer;

/**
 * Numbers from 0 to {@link Long#MAX_VALUE} in as few bytes as they need: seven bits in each, the
 * lowest first, the top bit set in all but the last (LEB128). Each number has one form only.
 */
final class Numbers {
  /** Bytes of the largest. */
  static final int BYTES_MOST = 9;

  private Numbers() {}

  static void put(long number, ByteBuffer out) {
    if (number < 0) {
      throw new IllegalArgumentException("broken: negative on the wire: " + number);
    }
    long rest = number;
    while (rest > 127) {
      out.put((byte) (rest | 128));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  static long read(ByteBuffer in) throws MalformedDatagram {
    long number = 0;
    for (int i = 0; i < BYTES_MOST; i++) {
      byte next = readByte(in);
      number |= (next & 127L) << (7 * i);
      if (next >= 0) {
        if (next == 0 && i > 0) {
          throw new MalformedDatagram();
        }
        return number;
      }
    }
    throw new MalformedDatagram();
  }

  static byte readByte(ByteBuffer in) throws MalformedDatagram {
    if (!in.hasRemaining()) {
      throw new MalformedDatagram();
    }
    return in.get();
  }
}
