// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A hardware address of Ethernet.
 *
 * @param bits its 48 bits, first byte highest
 */
public record MacAddress(long bits) {
  /** Length on the wire. */
  public static final int BYTES = 6;

  /** Everybody on the link. */
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("48 bits hold no " + Long.toHexString(bits));
    }
  }

  /** The address that stands at an index. */
  static MacAddress at(ByteBuffer bytes, int index) {
    long bits = 0;
    for (int i = 0; i < BYTES; i++) {
      bits = bits << 8 | (bytes.get(index + i) & 255);
    }
    return new MacAddress(bits);
  }

  /** As on the wire. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) (bits >>> (8 * (BYTES - 1 - i)));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return HexFormat.ofDelimiter(":").formatHex(bytes());
  }
}
