// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The few forms of the Distinguished Encoding Rules (X.690) that a certificate consists of. */
final class Der {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return form(SEQUENCE, joined(parts));
  }

  static byte[] integer(BigInteger value) {
    return form(INTEGER, value.toByteArray());
  }

  static byte[] truth() {
    return form(BOOLEAN, new byte[] {(byte) 0xff});
  }

  /** A string of bits, of which the last {@code unused} do not count. */
  static byte[] bits(int unused, byte[] content) {
    return form(BIT_STRING, joined(new byte[] {(byte) unused}, content));
  }

  static byte[] octets(byte[] content) {
    return form(OCTET_STRING, content);
  }

  /** A point in time, in whole seconds. */
  static byte[] time(Instant instant) {
    return form(GENERALIZED_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier, written with dots. */
  static byte[] identifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(((arc >>> shift) & 0x7f) | 0x80);
        }
      }
      out.write(arc & 0x7f);
    }
    return form(OBJECT_IDENTIFIER, out.toByteArray());
  }

  /** Something whose meaning depends on where it stands, with other forms inside. */
  static byte[] explicit(int number, byte[] content) {
    return form(CONTEXT | CONSTRUCTED | number, content);
  }

  /** Something whose meaning depends on where it stands, with bytes inside. */
  static byte[] implicit(int number, byte[] content) {
    return form(CONTEXT | number, content);
  }

  private static byte[] form(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
      out.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
