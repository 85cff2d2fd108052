// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Puts frames together from opened records, in one buffer that grows to the largest of them. */
final class Frames {
  private static final int HEADER_BYTES = 5;

  private byte[] payload = new byte[0];

  /** Where records come from. */
  interface Records {
    /** The next one; its content is valid until the one after it is asked for. */
    ByteBuffer next() throws IOException;
  }

  /**
   * The next frame, valid until the one after it is asked for.
   *
   * @throws IOException when the records do not make one, or with what the source throws
   */
  ShipChannel.Frame next(Records records) throws IOException {
    ByteBuffer first = records.next();
    if (first.remaining() < HEADER_BYTES) {
      throw new IOException("a frame without its header");
    }
    byte type = first.get();
    int length = first.getInt();
    if (length < 0 || length > ShipChannel.PAYLOAD_BYTES || first.remaining() > length) {
      throw new IOException("a frame of " + length + " bytes was announced");
    }
    if (payload.length < length) {
      payload = new byte[length];
    }
    ByteBuffer whole = ByteBuffer.wrap(payload, 0, length).put(first);
    while (whole.hasRemaining()) {
      ByteBuffer record = records.next();
      if (!record.hasRemaining() || record.remaining() > whole.remaining()) {
        throw new IOException("a frame's records do not add up");
      }
      whole.put(record);
    }
    return new ShipChannel.Frame(type, whole.flip());
  }
}
