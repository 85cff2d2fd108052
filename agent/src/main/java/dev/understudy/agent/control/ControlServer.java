// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The control API: HTTP and JSON on the node's loopback, for holders of a token derived from the
 * cluster key.
 *
 * <pre>
 * GET /v1/status                 NodeStatus
 * GET /v1/events?after=SEQUENCE  list of NodeEvent
 * </pre>
 */
public final class ControlServer implements AutoCloseable {
  private static final int BACKLOG = 16;

  private final HttpServer server;
  private final ExecutorService threads;
  private final byte[] authorization;

  private ControlServer(HttpServer server, String token) {
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  /** Listens from now on. */
  public static ControlServer start(String token, Supplier<NodeStatus> status, Journal journal)
      throws IOException {
    InetSocketAddress where =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), ControlToken.PORT);
    ControlServer control = new ControlServer(HttpServer.create(where, BACKLOG), token);
    control.server.setExecutor(control.threads);
    control.server.createContext(
        "/v1/status", exchange -> control.answer(exchange, "/v1/status", _ -> status.get()));
    control.server.createContext(
        "/v1/events",
        exchange ->
            control.answer(exchange, "/v1/events", query -> journal.after(sequence(query))));
    control.server.start();
    return control;
  }

  private interface Resource {
    Object read(String query) throws BadRequest;
  }

  /** What the caller sent cannot be understood. */
  private static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String message) {
      super(message);
    }
  }

  private void answer(HttpExchange exchange, String path, Resource resource) throws IOException {
    try (exchange) {
      if (!authorized(exchange)) {
        send(exchange, 401, Map.of("error", "the bearer token is missing or wrong"));
      } else if (!exchange.getRequestURI().getPath().equals(path)) {
        send(exchange, 404, Map.of("error", "no such resource"));
      } else if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, Map.of("error", "only GET is understood here"));
      } else {
        String query = exchange.getRequestURI().getQuery();
        send(exchange, 200, resource.read(query == null ? "" : query));
      }
    } catch (BadRequest e) {
      send(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private boolean authorized(HttpExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    return sent != null
        && MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static long sequence(String query) throws BadRequest {
    if (query.isEmpty()) {
      return 0;
    }
    if (!query.matches("after=[0-9]{1,18}")) {
      throw new BadRequest("the query must be after=SEQUENCE");
    }
    return Long.parseLong(query.substring("after=".length()));
  }

  private static void send(HttpExchange exchange, int code, Object document) throws IOException {
    byte[] body = Json.mapper().writeValueAsBytes(document);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
