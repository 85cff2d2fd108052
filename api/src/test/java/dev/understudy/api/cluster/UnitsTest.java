// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0ms, 0, 0s",
    "7ns, 7, 7ns",
    "250us, 250000, 250us",
    "5ms, 5000000, 5ms",
    "1000ms, 1000000000, 1s",
    "1s, 1000000000, 1s",
    "120s, 120000000000, 2m",
    "9999999999999999m, 9223372036854775807, 9223372036854775807ns",
  })
  void durations(String text, long nanos, String shortest) {
    assertThat(Units.nanos(text)).hasValue(nanos);
    assertThat(Units.nanosText(nanos)).isEqualTo(shortest);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "4097, 4097, 4097",
    "1kB, 1000, 1000",
    "4KiB, 4096, 4KiB",
    "64MB, 64000000, 62500KiB",
    "64MiB, 67108864, 64MiB",
    "1024MiB, 1073741824, 1GiB",
    "1GB, 1000000000, 1000000000",
  })
  void sizes(String text, long bytes, String shortest) {
    assertThat(Units.bytes(text)).hasValue(bytes);
    assertThat(Units.bytesText(bytes)).isEqualTo(shortest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "ms",
        "05ms",
        "-5ms",
        "5 ms",
        "5MS",
        "1.5s",
        "1h",
        "5ms ",
        "99999999999999999s"
      })
  void noDuration(String text) {
    assertThat(Units.nanos(text)).isEqualTo(OptionalLong.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "64M", "64mib", "1.5GiB", "-1", "064MiB", "1TiB", "64 MiB"})
  void noSize(String text) {
    assertThat(Units.bytes(text)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void nothingIsLostOnTheWayBack() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long amount = random.nextLong() >>> (11 + random.nextInt(53));
      assertThat(Units.nanos(Units.nanosText(amount))).hasValue(amount);
      assertThat(Units.bytes(Units.bytesText(amount))).hasValue(amount);
    }
  }
}
