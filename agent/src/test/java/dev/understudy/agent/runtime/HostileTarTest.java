// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an archive holds, it is read, or refused with a checked exception. */
class HostileTarTest {
  private static final int ROUNDS = 30_000;
  private static final int BLOCK = 512;

  /** Where a header's numbers and names begin and end, for changes that mean something. */
  private static final int[] FIELDS = {0, 100, 108, 116, 124, 136, 156, 157, 257, 263, 345, 500};

  @TempDir Path folder;

  private static byte[] archive() {
    return new TestTar()
        .folder("etc")
        .file("etc/hosts", "127.0.0.1 localhost\n")
        .entry("PaxHeaders/x", 'x', "", "20 path=etc/longer1\n11 size=12\n8 uid=7\n", 0644)
        .file("etc/long", "twelve bytes")
        .entry("././@LongLink", 'L', "", "etc/a-name-by-gnu\0", 0644)
        .file("etc/gnu", "x".repeat(700))
        .symlink("etc/link", "hosts")
        .entry("etc/.wh.gone", '0', "", "", 0644)
        .bytes();
  }

  @Test
  void readingEndsWithAnEntryOrACheckedException() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    byte[] good = archive();
    assertThat(read(good)).isTrue();
    int whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
      whole += read(changed(good, random)) ? 1 : 0;
    }
    // Both ends of the test are alive: some changes do no harm, and most of them are refused.
    assertThat(whole).isBetween(ROUNDS / 100, ROUNDS * 99 / 100);
  }

  @Test
  void lengthsThatOverflowAreRefused() throws IOException {
    for (String pax :
        new String[] {
          "9223372036854775807 path=x\n",
          "9223372036854775800 a=b\n",
          "28 size=9223372036854775807\n",
          "12 size=-12\n",
          "0 a=b\n",
          "5 \n",
          "99999 a=b\n"
        }) {
      byte[] bytes =
          new TestTar().entry("x", 'x', "", pax, 0644).file("etc/long", "twelve bytes").bytes();
      assertThat(read(bytes)).as(pax).isFalse();
    }
    byte[] negative = new TestTar().entry("x", 'x', "", "8 uid=7\n", 0644).bytes();
    put(negative, 0, 124, "-0000000007");
    assertThat(read(negative)).isFalse();
  }

  @Test
  void namesThatNoFileCanHaveAreRefused() throws IOException {
    byte[] bytes =
        new TestTar()
            .entry("x", 'x', "", "14 path=a\0bcd\n", 0644)
            .file("etc/long", "twelve bytes")
            .bytes();
    assertThat(made(bytes)).contains("zero byte");
  }

  private String made(byte[] bytes) throws IOException {
    Path root = Files.createTempDirectory(folder, "root");
    ImageLayer layer = new ImageLayer(root, new ImageLayer.Budget(1 << 20, 1_000));
    try {
      layer.hide(new ByteArrayInputStream(bytes));
      layer.make(new ByteArrayInputStream(bytes));
      return "";
    } catch (IOException e) {
      return Failures.text(e);
    }
  }

  /** Whether it was read to its end. */
  private static boolean read(byte[] bytes) {
    TarReader tar = new TarReader(new ByteArrayInputStream(bytes));
    byte[] buffer = new byte[256];
    try {
      for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
        while (tar.read(buffer) >= 0) {
          assertThat(next.get().size()).isPositive();
        }
      }
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /** A few bytes of a header or of contents are others, and the header's sum fits again. */
  private static byte[] changed(byte[] good, SplittableRandom random) {
    byte[] bytes = random.nextInt(8) == 0 ? cut(good, random) : good.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int block = random.nextInt(Math.max(1, bytes.length / BLOCK));
      int at = FIELDS[random.nextInt(FIELDS.length)] + random.nextInt(12);
      int index = block * BLOCK + at;
      if (index < bytes.length) {
        bytes[index] =
            switch (random.nextInt(4)) {
              case 0 -> (byte) random.nextInt(256);
              case 1 -> (byte) ('0' + random.nextInt(10));
              case 2 -> (byte) (random.nextBoolean() ? 0 : 0xff);
              default -> (byte) "xgLK12567-S ".charAt(random.nextInt(12));
            };
      }
      if ((block + 1) * BLOCK <= bytes.length) {
        fitSum(bytes, block * BLOCK);
      }
    }
    return bytes;
  }

  private static byte[] cut(byte[] good, SplittableRandom random) {
    return Arrays.copyOf(good, random.nextInt(good.length));
  }

  /** Only where there is a header: contents have no such magic. */
  private static void fitSum(byte[] bytes, int header) {
    String magic = new String(bytes, header + 257, 5, StandardCharsets.ISO_8859_1);
    if (magic.equals("ustar")) {
      Arrays.fill(bytes, header + 148, header + 156, (byte) ' ');
      int sum = 0;
      for (int i = 0; i < BLOCK; i++) {
        sum += bytes[header + i] & 255;
      }
      byte[] text = "%06o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, header + 148, text.length);
    }
  }

  private static void put(byte[] bytes, int header, int at, String text) {
    byte[] field = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(field, 0, bytes, header + at, field.length);
    fitSum(bytes, header);
  }
}
