// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import dev.understudy.agent.linux.Namespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** A client of a workload, in a network namespace, with a new connection for each request. */
final class Http {
  /** Long enough for a second try of the kernel's, when a gate was shut for a moment. */
  private static final int CONNECT_MILLIS = 5_000;

  private static final int GLANCE_MILLIS = 200;
  private static final int READ_MILLIS = 2_000;

  private Http() {}

  /** The body of the answer. */
  static String get(Path netns, String address, int port, String path) throws IOException {
    return body(talk(netns, address, port, request(path), CONNECT_MILLIS));
  }

  /** The body, or empty if nobody answers soon. */
  static Optional<String> tryGet(Path netns, String address, int port, String path) {
    try {
      return Optional.of(body(talk(netns, address, port, request(path), GLANCE_MILLIS)));
    } catch (IOException silence) {
      return Optional.empty();
    }
  }

  private static String request(String path) {
    return "GET " + path + " HTTP/1.0\r\n\r\n";
  }

  private static String body(String answer) throws IOException {
    int body = answer.indexOf("\r\n\r\n");
    if (body < 0) {
      throw new IOException("no answer in HTTP: " + answer);
    }
    return answer.substring(body + 4).strip();
  }

  /** All that comes back until the other side closes or says nothing for a while. */
  static String talk(Path netns, String address, int port, String text) throws IOException {
    return talk(netns, address, port, text, CONNECT_MILLIS);
  }

  private static String talk(Path netns, String address, int port, String text, int connectMillis)
      throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          try (Socket socket = new Socket()) {
            socket.setSoTimeout(READ_MILLIS);
            socket.connect(new InetSocketAddress(address, port), connectMillis);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }
}
