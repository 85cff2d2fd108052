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
  private static final int CONNECT_MILLIS = 200;
  private static final int READ_MILLIS = 2_000;

  private Http() {}

  /** The body of the answer. */
  static String get(Path netns, String address, int port, String path) throws IOException {
    String answer = talk(netns, address, port, "GET " + path + " HTTP/1.0\r\n\r\n");
    int body = answer.indexOf("\r\n\r\n");
    if (body < 0) {
      throw new IOException("no answer in HTTP: " + answer);
    }
    return answer.substring(body + 4).strip();
  }

  /** The body, or empty if nobody answers. */
  static Optional<String> tryGet(Path netns, String address, int port, String path) {
    try {
      return Optional.of(get(netns, address, port, path));
    } catch (IOException silence) {
      return Optional.empty();
    }
  }

  /** All that comes back until the other side closes or says nothing for a while. */
  static String talk(Path netns, String address, int port, String text) throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          try (Socket socket = new Socket()) {
            socket.setSoTimeout(READ_MILLIS);
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }
}
