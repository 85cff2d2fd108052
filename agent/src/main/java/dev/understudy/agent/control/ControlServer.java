// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.ReignNews;
import dev.understudy.api.control.RestartAnswer;
import dev.understudy.api.control.WorkloadExplanation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The control API: HTTP and JSON on the node's loopback, for holders of a token derived from the
 * cluster key. An error is a document with the sentence {@code error}.
 *
 * <pre>
 * GET  /v1/status                         NodeStatus
 * GET  /v1/events?after=SEQUENCE          list of NodeEvent
 * GET  /v1/records?after=CURSOR&amp;wait_ms=N RecordPage, see RecordRoute
 * GET  /v1/explain?workload=NAME          WorkloadExplanation
 * POST /v1/restart?lease_millis=N         RestartAnswer; then the agent ends
 * POST /v1/fence?workload=NAME&amp;node=NAME  {}: the node can have no effect any more
 * POST /v1/subscribe?subscriber=NAME      {}: who is active will be told, by the following two
 * GET  /v1/news?subscriber=NAME&amp;wait_millis=N   list of ReignNews, empty when none came;
 *                                         404 for who did not subscribe to this start of the agent
 * POST /v1/acknowledge?...                {}: what the subscriber knows, by {@code subscriber},
 *                                         {@code workload}, {@code epoch_counter}, {@code
 *                                         epoch_node} and {@code active}
 * </pre>
 */
public final class ControlServer implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int LAST_ANSWER_SECONDS = 1;
  private static final int OK = 200;
  private static final long WAIT_MOST_MILLIS = 5_000;

  /** What the agent answers; called on threads of this server. */
  public interface Node {
    /** How it sees its node. */
    NodeStatus status() throws Refused, InterruptedException;

    /** Why it did, or did not, take that workload over. */
    WorkloadExplanation explain(String workload) throws Refused, InterruptedException;

    /** Ends the agent without shutting a gate, if the others agree to leases of that length. */
    RestartAnswer restart(long leaseNanos) throws Refused, InterruptedException;

    /** Somebody vouches that the node can have no effect any more. */
    void fence(String workload, String node) throws Refused;

    /** Somebody wants to be told who is active. */
    void subscribe(String subscriber) throws Refused;

    /** What there is to be told, if anything is within that time. */
    List<ReignNews> news(String subscriber, long waitMillis) throws Refused, InterruptedException;

    /** A subscriber knows that, or something newer. */
    void acknowledge(String subscriber, ReignNews known);
  }

  private interface Resource {
    Object answer(Query query) throws Refused, InterruptedException;
  }

  /** One more thing that can be read. */
  public interface Pages {
    /**
     * The document; called on a thread of its own for each caller, so it may wait.
     *
     * @param after where to begin; empty for the start
     * @param waitMillis how long to wait for something, if the caller says so
     */
    Object read(String after, long waitMillis) throws Refused;
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
    control.serve("GET", "/v1/status", _ -> node.status());
    control.serve("GET", "/v1/events", query -> journal.after(query.number("after", 0)));
    control.serve("GET", "/v1/explain", query -> node.explain(query.text("workload")));
    control.serve("POST", "/v1/restart", query -> node.restart(leaseNanos(query)));
    control.serve(
        "POST",
        "/v1/fence",
        query -> {
          node.fence(query.text("workload"), query.text("node"));
          return Map.of();
        });
    control.serveNews(node);
    control.server.start();
    return control;
  }

  /** Has one more thing to be read, from now on. */
  public void serve(String path, Pages pages) {
    serve("GET", path, query -> pages.read(query.text("after", ""), query.number("wait_ms", 0)));
  }

  private void serveNews(Node node) {
    serve(
        "POST",
        "/v1/subscribe",
        query -> {
          node.subscribe(query.text("subscriber"));
          return Map.of();
        });
    serve(
        "GET",
        "/v1/news",
        query -> {
          long wait = Math.min(query.number("wait_millis", 0), WAIT_MOST_MILLIS);
          return node.news(query.text("subscriber"), wait);
        });
    serve(
        "POST",
        "/v1/acknowledge",
        query -> {
          String subscriber = query.text("subscriber");
          node.acknowledge(
              subscriber,
              new ReignNews(
                  subscriber,
                  query.text("workload"),
                  Math.max(1, query.number("epoch_counter")),
                  query.text("epoch_node"),
                  query.text("active")));
          return Map.of();
        });
  }

  private void serve(String method, String path, Resource resource) {
    server.createContext(path, exchange -> answer(exchange, method, path, resource));
  }

  private void answer(HttpExchange exchange, String method, String path, Resource resource)
      throws IOException {
    try (exchange) {
      try {
        send(exchange, OK, document(exchange, method, path, resource));
      } catch (Refused e) {
        send(exchange, e.code(), Map.of("error", String.valueOf(e.getMessage())));
      } catch (InterruptedException e) {
        // The server is being closed: the caller sees the connection end.
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        // The server's own threads would swallow it.
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }

  private Object document(HttpExchange exchange, String method, String path, Resource resource)
      throws Refused, InterruptedException {
    if (!authorized(exchange)) {
      throw new Refused(Refused.UNAUTHORIZED, "the bearer token is missing or wrong");
    }
    if (!exchange.getRequestURI().getPath().equals(path)) {
      throw new Refused(Refused.NOT_FOUND, "no such resource");
    }
    if (!exchange.getRequestMethod().equals(method)) {
      throw new Refused(Refused.WRONG_METHOD, "only " + method + " is understood here");
    }
    String query = exchange.getRequestURI().getQuery();
    return resource.answer(Query.parse(query == null ? "" : query));
  }

  private boolean authorized(HttpExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    return sent != null
        && MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static long leaseNanos(Query query) throws Refused {
    long millis = query.number("lease_millis");
    if (millis > 3_600_000) {
      throw new Refused(Refused.BAD_REQUEST, "lease_millis is longer than an hour");
    }
    return millis * 1_000_000L;
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
    server.stop(LAST_ANSWER_SECONDS);
    threads.shutdownNow();
  }
}
