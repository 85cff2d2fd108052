// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.CriuRestore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from CRIU and from other nodes: manifests, logs, statistics, host facts. */
class DocumentsTest {
  private static final HostFacts FACTS =
      new HostFacts("amd64", "6.18.1-x", "GenuineIntel", List.of("avx", "sse"), "4.2.1", "host");
  private static final String HASH = "0".repeat(64);
  private static final Manifest MANIFEST =
      new Manifest(
          1,
          "count",
          3,
          "a",
          9,
          1,
          2,
          3,
          FACTS,
          List.of("pipe:[7]"),
          List.of(new FileEntry("core-1.img", 5, List.of(HASH))));

  @Test
  void manifestSurvivesTheJourney() throws IOException {
    assertThat(Manifest.parse(MANIFEST.toJson())).isEqualTo(MANIFEST);
    assertThat(MANIFEST.id()).hasToString("3@a/9");
  }

  @Test
  void manifestsThatLieAreRefused() throws IOException {
    String good = new String(MANIFEST.toJson(), StandardCharsets.UTF_8);
    refused(good.replace("core-1.img", "../core"), "not the name");
    refused(good.replace("\"size\":5", "\"size\":-5"), "does not have");
    refused(good.replace("\"size\":5", "\"size\":2000000"), "does not have 1 chunks");
    refused(good.replace(HASH, "x"), "not a SHA-256");
    refused(good.replace("pipe:[7]", "pipe:[7] --exec"), "not a pipe");
    refused(good.replace("\"version\":1", "\"version\":2"), "manifest version 2");
    refused(good.replace("\"epochNode\":\"a\"", "\"epochNode\":\"../x\""), "no generation");
    refused(good.replace("\"sequence\":9,", ""), "sequence");
    refused(good + "{}", "not a manifest");
    refused("[]", "not a manifest");
  }

  private static void refused(String json, String why) {
    assertThatThrownBy(() -> Manifest.parse(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  @Test
  void obstaclesAreNamed() {
    assertThat(Compatibility.obstacle(FACTS, FACTS)).isEmpty();
    assertThat(Compatibility.obstacle(FACTS, here("6.19.0", "avx sse new", "4.2.1"))).isEmpty();
    assertThat(Compatibility.obstacle(FACTS, here("6.17.9", "avx sse", "4.2.1")))
        .contains("the kernel here (6.17.9) is older than the one that captured (6.18.1-x)");
    assertThat(Compatibility.obstacle(FACTS, here("6.18.1", "sse", "4.2.1")))
        .contains("the CPU here lacks avx");
    assertThat(Compatibility.obstacle(FACTS, here("6.18.1", "avx sse", "4.3")))
        .contains("CRIU version here is 4.3, the image has 4.2.1");
  }

  private static HostFacts here(String kernel, String flags, String criu) {
    return new HostFacts("amd64", kernel, "GenuineIntel", List.of(flags.split(" ")), criu, "host");
  }

  @Test
  void criuReasonsAreReadable() {
    assertThat(
            CriuLog.reason(
                List.of(
                    "(00.006611) Error (criu/files-ext.c:98): Can't dump file 3 of that type [600]"
                        + " (unknown anon_inode:[io_uring])",
                    "(00.007) Error (criu/cr-dump.c:2128): Dumping FAILED.")))
        .isEqualTo(
            "the program uses io_uring, which CRIU cannot save (CRIU: Can't dump file 3 of that"
                + " type [600] (unknown anon_inode:[io_uring]))");
    assertThat(
            CriuLog.reason(
                List.of(
                    "     1: Error (criu/files.c:1221): Unable to open fd=3 id=0xb",
                    "Error (criu/cr-restore.c:2331): Restoring FAILED.")))
        .isEqualTo("CRIU: Unable to open fd=3 id=0xb");
    assertThat(CriuLog.reason(List.of("Warn  (x): y"))).isEqualTo("CRIU gave no reason");
  }

  @Test
  void statisticsAreRead() {
    String head = "40591055" + "06330957";
    // Field 1 {freezing 300 us, frozen 7600 us, field 3 = 1, field 14 = 5, field 15 unknown}.
    String figures = "08ac02" + "10b03b" + "1801" + "7005" + "7863";
    byte[] dump = HexFormat.of().parseHex(head + "0e000000" + "0a0c" + figures);
    assertThat(CriuStats.parse(dump, 1, CriuDump.COUNT))
        .containsExactly(300, 7_600, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 5);
    byte[] restore =
        HexFormat.of().parseHex(head + "09000000" + "1207" + "0807" + "1800" + "20ac02");
    assertThat(CriuStats.parse(restore, 2, CriuRestore.COUNT)).containsExactly(7, -1, 0, 300, -1);
    assertThatThrownBy(() -> CriuStats.parse(dump, 2, CriuRestore.COUNT))
        .hasMessageContaining("no message 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4059105506330957",
        "4059105500000000" + "00000000",
        "4059105506330957" + "ff000000" + "0a00",
        "4059105506330957" + "02000000" + "0aff",
        "4059105506330957" + "04000000" + "0a027863",
      })
  void brokenStatisticsAreRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> CriuStats.parse(bytes, 2, CriuRestore.COUNT))
        .isInstanceOf(RuntimeException.class);
  }
}
