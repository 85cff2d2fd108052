// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.StateSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as a program's word about its state, said by a program that says anything. */
class StateEndpointTest {
  private static final int LIMIT = 100;
  private static final Path HERE = Path.of("/proc/self/ns/net");

  @TempDir Path folder;

  @BeforeEach
  void namespacesCanBeEntered() {
    try {
      assertThat(Namespaces.callIn(HERE, () -> true)).isTrue();
    } catch (IOException e) {
      assumeTrue(false, "network namespaces cannot be entered here: " + e.getMessage());
    }
  }

  /** A program that gives one answer, byte by byte as it is written here, and hangs up. */
  private static final class Program implements AutoCloseable {
    private final ServerSocket socket;
    private final CompletableFuture<List<String>> heard = new CompletableFuture<>();

    Program(String answer) throws IOException {
      this.socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> serve(answer.replace("|", "\r\n")));
    }

    private void serve(String answer) {
      try (Socket caller = socket.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(caller.getInputStream(), ISO_8859_1));
        List<String> lines = new ArrayList<>();
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          lines.add(line);
          if (line.startsWith("Content-Length: ")) {
            length = Integer.parseInt(line.substring("Content-Length: ".length()));
          }
        }
        char[] body = new char[length];
        for (int at = 0; at < length; ) {
          at += in.read(body, at, length - at);
        }
        lines.add(new String(body));
        caller.getOutputStream().write(answer.getBytes(ISO_8859_1));
        heard.complete(lines);
      } catch (IOException e) {
        heard.completeExceptionally(e);
      }
    }

    StateEndpoint endpoint() {
      // Nobody is at the first of the two: then the second counts.
      return new StateEndpoint(
          HERE,
          List.of("127.0.0.2", "127.0.0.1"),
          new StateSpec(socket.getLocalPort(), "/state?all", LIMIT));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private String read(Program program) throws IOException {
    Path to = folder.resolve("body");
    String type = program.endpoint().read(to);
    return type + ": " + Files.readString(to, ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK|Content-Type: a/b|Content-Length: 4||x\u0000\u00ffy, a/b: x\u0000\u00ffy",
    "HTTP/1.1 203 Hm|Content-Length: 0||, ': '",
    "HTTP/1.1 200 OK|Content-Type: a/b|Transfer-Encoding: chunked||2|xy|1|z|0||, a/b: xyz",
  })
  void wholeAnswersAreKeptAsTheyAre(String answer, String kept) throws IOException {
    try (Program program = new Program(answer)) {
      assertThat(read(program)).isEqualTo(kept);
      assertThat(program.heard.join().getFirst()).isEqualTo("GET /state?all HTTP/1.1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 500 Sorry|Content-Length: 2||xy, answered with status 500",
    "HTTP/1.1 302 Elsewhere|Location: /other|Content-Length: 0||, answered with status 302",
    "HTTP/1.1 200 OK|Content-Length: 5||xy, the answer was cut",
    "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|xy|3|z, the answer was cut",
    "HTTP/1.1 200 OK||xy, does not say how long it is",
  })
  void answersThatMayNotBeWholeDoNotCount(String answer, String why) throws IOException {
    try (Program program = new Program(answer)) {
      assertThatThrownBy(() -> read(program))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("GET http://127.0.0.1:")
          .hasMessageContaining(why);
    }
  }

  @Test
  void answersThatAreTooLongDoNotCount() throws IOException {
    String answer = "HTTP/1.1 200 OK|Content-Length: 101||" + "x".repeat(LIMIT + 1);
    try (Program program = new Program(answer)) {
      assertThatThrownBy(() -> read(program)).hasMessageContaining("longer than 100 bytes");
    }
  }

  @Test
  void aProgramThatDoesNotListenIsNamed() throws IOException {
    StateEndpoint endpoint;
    try (Program program = new Program("")) {
      endpoint = program.endpoint();
    }
    assertThatThrownBy(() -> endpoint.read(folder.resolve("body")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("GET /state?all: nobody listens on port ");
  }

  @Test
  void whatIsToldArrivesWithItsType() throws IOException {
    Path body = Files.writeString(folder.resolve("body"), "\u00fc=1", ISO_8859_1);
    try (Program program = new Program("HTTP/1.1 204 Taken||")) {
      program.endpoint().write(body, "x/y; charset=z");
      assertThat(program.heard.join())
          .startsWith("POST /state?all HTTP/1.1")
          .contains("Content-Type: x/y; charset=z", "Content-Length: 3")
          .endsWith("\u00fc=1");
    }
    try (Program program = new Program("HTTP/1.1 409 No|Content-Length: 0||")) {
      assertThatThrownBy(() -> program.endpoint().write(body, ""))
          .hasMessageStartingWith("POST http://127.0.0.1:")
          .hasMessageContaining("answered with status 409");
    }
  }
}
