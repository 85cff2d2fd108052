// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Examples whose encoding is known from X.690 and RFC 5280. */
class DerTest {
  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void formsAreAsWritten() {
    assertThat(hex(Der.integer(BigInteger.valueOf(128)))).isEqualTo("02020080");
    assertThat(hex(Der.truth())).isEqualTo("0101ff");
    assertThat(hex(Der.sequence(Der.truth()))).isEqualTo("30030101ff");
    assertThat(hex(Der.bits(7, new byte[] {(byte) 0x80}))).isEqualTo("03020780");
    assertThat(hex(Der.identifier("1.2.840.10045.4.3.2"))).isEqualTo("06082a8648ce3d040302");
    assertThat(hex(Der.identifier("2.5.29.17"))).isEqualTo("0603551d11");
    assertThat(hex(Der.time(Instant.parse("2030-01-02T03:04:05Z"))))
        .isEqualTo(
            "180f" + hex("20300102030405Z".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }

  @Test
  void lengthsGrow() {
    assertThat(hex(Der.octets(new byte[127]))).startsWith("047f00");
    assertThat(hex(Der.octets(new byte[128]))).startsWith("04818000");
    assertThat(hex(Der.octets(new byte[256]))).startsWith("0482010000");
    assertThat(hex(Der.octets(new byte[65536]))).startsWith("048301000000");
  }
}
