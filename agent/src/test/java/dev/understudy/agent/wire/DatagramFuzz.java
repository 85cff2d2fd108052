// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whatever arrives is a datagram that this build would have written with the same bytes, or is
 * dropped: nothing is thrown, and little is allocated. HACKING.md says how to run it for long.
 */
class DatagramFuzz {
  private static final int BODY_AT = 18;
  private static final long ALLOCATED_MOST = 256 << 10;

  private final DatagramCodec codec = Samples.codec();
  private final ByteBuffer again = ByteBuffer.allocate(DatagramCodec.BYTES_MOST);
  private final ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @FuzzTest(maxDuration = "3s")
  void decoding(byte[] data) {
    decode(data);
    decode(signed(data));
  }

  /** The bytes as everything behind the length, under a right header and with a right tag. */
  private byte[] signed(byte[] body) {
    int length = Math.min(BODY_AT + body.length, DatagramCodec.BYTES_MOST - Samples.TAG);
    byte[] whole = Arrays.copyOf(Samples.HEADER, length + Samples.TAG);
    System.arraycopy(body, 0, whole, BODY_AT, length - BODY_AT);
    return Samples.signed(whole);
  }

  private void decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // The first time, classes may have to be loaded for it.
    Decoded first = codec.decode(in);
    long before = meter.getCurrentThreadAllocatedBytes();
    Decoded decoded = codec.decode(in);
    long allocated = meter.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("allocated for %d bytes", bytes.length).isLessThan(ALLOCATED_MOST);
    assertThat(decoded).isEqualTo(first);
    if (decoded instanceof Decoded.Authentic(var datagram)) {
      codec.encode(datagram, again);
      assertThat(again.mismatch(in)).as("%s", datagram).isEqualTo(-1);
    }
  }
}
