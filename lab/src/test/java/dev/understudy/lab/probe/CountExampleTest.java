// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The interface that examples/count/README.md describes. */
class CountExampleTest {

  private static long counter(CountProcess count) throws IOException {
    return Long.parseLong(count.get("/state").replaceAll("[^0-9]", ""));
  }

  private static String post(String body) {
    return "POST /state HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @Test
  void countsTenASecond() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      long startNanos = System.nanoTime();
      long before = counter(count);
      TimeUnit.MILLISECONDS.sleep(1000);
      long after = counter(count);
      double elapsed = (System.nanoTime() - startNanos) / 1e8;

      assertThat((double) (after - before)).isBetween(elapsed - 3, elapsed + 1);
    }
  }

  @Test
  void aPostReplacesTheCounterAndRefusesWhatIsNoCounter() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      assertThat(count.exchange(post("{\"counter\":5000}")))
          .contains("200 OK", "{\"counter\":5000}");
      assertThat(counter(count)).isBetween(5000L, 5010L);
      for (String bad : List.of("", "5", "[]", "{}", "{\"counter\":-1}", "{\"counter\":true}")) {
        assertThat(count.exchange(post(bad))).as(bad).contains("400 Bad Request", "\"error\"");
      }
      assertThat(counter(count)).isBetween(5000L, 5020L);
    }
  }

  @Test
  void aStopIsNeitherCaughtUpNorTakenForARestore() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      count.signal("STOP");
      // Whatever was in the socket's queue is answered after the stop: ask only then.
      TimeUnit.MILLISECONDS.sleep(800);
      count.signal("CONT");

      assertThat(counter(count)).isLessThan(6);
      assertThat(count.get("/restore"))
          .startsWith("{\"restored\":false,\"restores\":0,\"clock_jump_ms\":0.0,\"counter\":");
    }
  }

  @Test
  void killEndsTheProcessWithStatusOne() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      assertThat(count.get("/health")).isEqualTo("{\"healthy\":true}");
      assertThat(count.get("/kill")).isEqualTo("{\"killed\":true}");
      assertThat(count.exitStatus()).isEqualTo(1);
    }
  }

  @Test
  void slowAndGarbageClientsHoldUpNobody() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      List<Socket> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 550; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), count.port());
          slow.add(socket);
          socket.getOutputStream().write("GET /st".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(count.exchange("nonsense\r\n\r\n")).contains("400 Bad Request");
        assertThat(count.exchange("GET / HTTP/1.1\r\n\r\n")).contains("404 Not Found");
        assertThat(count.exchange("DELETE /state HTTP/1.1\r\n\r\n")).contains("405 ");
        assertThat(count.exchange("POST /state HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"))
            .contains("400 ");
        long startNanos = System.nanoTime();
        assertThat(counter(count)).isNotNegative();
        assertThat(System.nanoTime() - startNanos).isLessThan(500_000_000L);
      } finally {
        for (Socket socket : slow) {
          socket.close();
        }
      }
    }
  }

  @Test
  void anEndlessHeadIsRefused() throws Exception {
    try (CountProcess count = CountProcess.start()) {
      assertThat(count.exchange("GET /state HTTP/1.1\r\n" + "x".repeat(8_300))).contains(" 431 ");
    }
  }

  @Test
  void ballastIsPrivateTouchedMemory() throws Exception {
    long size = 32L << 20;
    try (CountProcess without = CountProcess.start();
        CountProcess with = CountProcess.start("BALLAST_BYTES=" + size)) {
      long difference = privateBytes(with) - privateBytes(without);

      assertThat(difference).isBetween(size - (1 << 20), size + (4 << 20));
    }
  }

  private static long privateBytes(CountProcess count) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + count.pid() + "/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
