// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives entry by entry, also such as no honest program writes. */
final class TestTar {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TestTar file(String name, String contents) {
    return entry(name, '0', "", contents, 0644);
  }

  TestTar folder(String name) {
    return entry(name, '5', "", "", 0755);
  }

  TestTar symlink(String name, String target) {
    return entry(name, '2', target, "", 0777);
  }

  TestTar entry(String name, char type, String link, String contents, int mode) {
    byte[] data = contents.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "%07o".formatted(0));
    put(header, 116, "%07o".formatted(0));
    put(header, 124, "%011o".formatted(data.length));
    put(header, 136, "%011o".formatted(1_700_000_000));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 255;
    }
    put(header, 148, "%06o\0".formatted(sum));
    out.writeBytes(header);
    out.writeBytes(data);
    out.writeBytes(new byte[-data.length & 511]);
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(out.toByteArray());
    all.writeBytes(new byte[1024]);
    return all.toByteArray();
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
