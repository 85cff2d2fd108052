// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.AgentView;
import dev.understudy.api.control.Envelope;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.SealedCall;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * The part of the control API that is open to other machines: {@link SealedCall}s at the node's
 * address, which bring plans and ask how things are. Who does not have the cluster's key gets no
 * answer but a code of HTTP.
 */
public final class SealedDoor implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int CALLS_MOST = 4;

  /** What the agent answers; called on threads of this door. */
  public interface Visited {
    /** Takes that plan if it is newer; the answer says why not. */
    AgentView take(AgentPlan plan);

    /** How things are. */
    AgentView view() throws InterruptedException;
  }

  private final String address;
  private final Envelope envelope;
  private final Visited visited;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Each may be a megabyte, and an agent's memory is small. */
  private final Semaphore room = new Semaphore(CALLS_MOST);

  private SealedDoor(String address, byte[] key, Visited visited, HttpServer server) {
    this.address = address;
    this.envelope = new Envelope(key);
    this.visited = visited;
    this.server = server;
  }

  /**
   * Listens from now on.
   *
   * @param address of the node, IPv4
   * @param key the cluster's
   */
  public static SealedDoor open(String address, byte[] key, Visited visited) throws IOException {
    InetSocketAddress where =
        new InetSocketAddress(InetAddress.ofLiteral(address), SealedCall.PORT);
    SealedDoor door = new SealedDoor(address, key, visited, HttpServer.create(where, BACKLOG));
    door.server.setExecutor(door.threads);
    door.server.createContext(SealedCall.PATH, door::answer);
    door.server.start();
    return door;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!room.tryAcquire()) {
        exchange.sendResponseHeaders(Refused.BUSY, -1);
        return;
      }
      try {
        byte[] call = exchange.getRequestBody().readNBytes(SealedCall.BYTES_MOST + 1);
        Optional<SealedCall> said = read(exchange.getRequestMethod(), call);
        if (said.isEmpty()) {
          exchange.sendResponseHeaders(Refused.UNAUTHORIZED, -1);
          return;
        }
        AgentPlan plan = said.get().plan();
        AgentView view = plan == null ? visited.view() : visited.take(plan);
        byte[] body = envelope.answer(Json.mapper().writeValueAsBytes(view), call);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      } catch (InterruptedException e) {
        // The door is being closed: the caller sees the connection end.
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        // The server's own threads would swallow it.
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      } finally {
        room.release();
      }
    }
  }

  private Optional<SealedCall> read(String method, byte[] call) throws IOException {
    if (!method.equals("POST") || call.length > SealedCall.BYTES_MOST) {
      return Optional.empty();
    }
    Optional<byte[]> plain = envelope.openCall(call, address);
    return plain.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.mapper().readValue(plain.get(), SealedCall.class));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
