// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers GET at a few paths; everything else is not found. */
final class HttpDoor implements AutoCloseable {
  /**
   * An answer.
   *
   * @param status of HTTP
   */
  record Answer(int status, String text) {
    static Answer ok(String text) {
      return new Answer(200, text);
    }

    static Answer unwell(String text) {
      return new Answer(503, text);
    }
  }

  private final HttpServer server;

  /**
   * Opens it.
   *
   * @throws IOException when the address is taken
   */
  HttpDoor(InetSocketAddress address, Map<String, Supplier<Answer>> pages) throws IOException {
    server = HttpServer.create(address, 0);
    server.createContext("/", exchange -> send(exchange, new Answer(404, "not found\n")));
    pages.forEach((path, page) ->
        server.createContext(
            path,
            exchange ->
                send(
                    exchange,
                    exchange.getRequestURI().getPath().equals(path)
                        ? page.get()
                        : new Answer(404, "not found\n"))));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** The port that it listens on. */
  int port() {
    return server.getAddress().getPort();
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
