// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.OptionalInt;

/** IPv4 addresses as unsigned 32-bit numbers in host order, so that nothing is ever resolved. */
public final class Ipv4 {
  private Ipv4() {}

  /** Dotted text of an address. */
  public static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  /** The address that dotted text names; empty when it is not four numbers from 0 to 255. */
  public static OptionalInt parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return OptionalInt.empty();
    }
    int address = 0;
    for (String part : parts) {
      if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
        return OptionalInt.empty();
      }
      address = address << 8 | Integer.parseInt(part);
    }
    return OptionalInt.of(address);
  }
}
