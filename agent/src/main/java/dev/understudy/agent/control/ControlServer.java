// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadExplanation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The control API: HTTP and JSON on the node's loopback, for holders of a token derived from the
 * cluster key.
 *
 * <pre>
 * GET /v1/status                 NodeStatus
 * GET /v1/events?after=SEQUENCE  list of NodeEvent
 * GET /v1/records?after=CURSOR   RecordPage, see RecordRoute
 * GET /v1/explain?workload=NAME  WorkloadExplanation, 404 when the node is no member of its group
 * </pre>
 */
public final class ControlServer implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int OK = 200;

  /** Status code: what the caller sent cannot be understood. */
  public static final int BAD_REQUEST = 400;

  /** Status code: this side failed. */
  public static final int FAILED = 500;

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;

  /** What the agent answers; called on threads of this server. */
  public interface Node {
    /** How it sees its node. */
    NodeStatus status();

    /** Why it did, or did not, take that workload over; empty when it is none of its own. */
    Optional<WorkloadExplanation> explain(String workload);
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final byte[] authorization;

  private ControlServer(HttpServer server, String token) {
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  /** Listens from now on. */
  public static ControlServer start(String token, Node node, Journal journal) throws IOException {
    InetSocketAddress where =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), ControlToken.PORT);
    ControlServer control = new ControlServer(HttpServer.create(where, BACKLOG), token);
    control.server.setExecutor(control.threads);
    control.serve("/v1/status", _ -> node.status());
    control.serve("/v1/events", query -> journal.after(sequence(query)));
    control.serve("/v1/explain", query -> explanation(node, query));
    control.server.start();
    return control;
  }

  /** One thing to be read. */
  public interface Resource {
    /**
     * The document; called on a thread of its own for each caller, so it may wait.
     *
     * @param query empty when there is none
     */
    Object read(String query) throws Refused;
  }

  /** The caller gets a sentence instead of what it wanted. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    /** With a status code of HTTP. */
    public Refused(int code, String message) {
      super(message);
      this.code = code;
    }
  }

  /** Has one more thing to be read, from now on. */
  public void serve(String path, Resource resource) {
    server.createContext(path, exchange -> answer(exchange, path, resource));
  }

  private void answer(HttpExchange exchange, String path, Resource resource) throws IOException {
    try (exchange) {
      try {
        send(exchange, OK, document(exchange, path, resource));
      } catch (Refused e) {
        send(exchange, e.code, Map.of("error", String.valueOf(e.getMessage())));
      }
    }
  }

  private Object document(HttpExchange exchange, String path, Resource resource) throws Refused {
    if (!authorized(exchange)) {
      throw new Refused(UNAUTHORIZED, "the bearer token is missing or wrong");
    }
    if (!exchange.getRequestURI().getPath().equals(path)) {
      throw new Refused(NOT_FOUND, "no such resource");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      throw new Refused(WRONG_METHOD, "only GET is understood here");
    }
    String query = exchange.getRequestURI().getQuery();
    return resource.read(query == null ? "" : query);
  }

  private boolean authorized(HttpExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    return sent != null
        && MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static long sequence(String query) throws Refused {
    if (query.isEmpty()) {
      return 0;
    }
    if (!query.matches("after=[0-9]{1,18}")) {
      throw new Refused(BAD_REQUEST, "the query must be after=SEQUENCE");
    }
    return Long.parseLong(query.substring("after=".length()));
  }

  private static WorkloadExplanation explanation(Node node, String query) throws Refused {
    if (!query.matches("workload=[a-z][a-z0-9-]{0,15}")) {
      throw new Refused(BAD_REQUEST, "the query must be workload=NAME");
    }
    String workload = query.substring("workload=".length());
    return node.explain(workload)
        .orElseThrow(() -> new Refused(NOT_FOUND, workload + " has no group with this node"));
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
