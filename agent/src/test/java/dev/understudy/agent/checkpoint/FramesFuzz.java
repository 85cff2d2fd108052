// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Whatever records a colleague sends, they make frames of the announced length, or an end. */
class FramesFuzz {
  private final Frames frames = new Frames();

  /** Each record is what it is by its first byte: its length. */
  @FuzzTest(maxDuration = "3s")
  void assembling(byte[] data) {
    ByteBuffer rest = ByteBuffer.wrap(data);
    int taken = 0;
    try {
      while (true) {
        int before = rest.position();
        ShipChannel.Frame frame = frames.next(() -> record(rest));
        int used = rest.position() - before;
        assertThat(frame.payload().remaining()).isBetween(0, used - 6);
        taken++;
      }
    } catch (IOException end) {
      assertThat(taken).isLessThanOrEqualTo(data.length / 6);
    }
  }

  private static ByteBuffer record(ByteBuffer rest) throws EOFException {
    if (!rest.hasRemaining()) {
      throw new EOFException("the connection ended");
    }
    int length = Math.min(rest.get() & 255, rest.remaining());
    ByteBuffer record = rest.slice(rest.position(), length);
    rest.position(rest.position() + length);
    return record;
  }
}
