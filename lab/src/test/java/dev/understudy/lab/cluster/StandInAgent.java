// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.understudy.agent.linux.Clock;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes an agent's place in tests of the lab alone: serves the control API and echoes datagrams. It
 * counts its starts on the node's disk.
 */
final class StandInAgent {
  static final int ECHO_PORT = 7000;

  private StandInAgent() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      options.put(arguments[i], arguments[i + 1]);
    }
    String node = option(options, "--node");
    Path starts = Path.of(option(options, "--state"), "starts");
    long incarnation =
        Files.exists(starts) ? Long.parseLong(Files.readString(starts).strip()) + 1 : 1;
    Files.writeString(starts, Long.toString(incarnation));
    String token = ControlToken.of(Files.readAllBytes(Path.of(option(options, "--key"))));
    System.out.println("stand-in agent of " + node + ", start " + incarnation);

    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, ControlToken.PORT), 0);
    server.createContext(
        "/v1/status", exchange -> answer(exchange, token, status(node, incarnation)));
    server.createContext(
        "/v1/events", exchange -> answer(exchange, token, events(node, incarnation)));
    server.start();
    echo();
  }

  private static String option(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the lab did not pass " + name);
    }
    return value;
  }

  private static NodeStatus status(String node, long incarnation) {
    return new NodeStatus(
        node,
        incarnation,
        Clock.bootNanos(),
        ProcessHandle.current().pid(),
        "standard",
        false,
        "ebpf",
        List.of(),
        List.of(),
        new DatagramCounts(0, 0, 0, 0, 0, 0, 0),
        0,
        List.of());
  }

  private static List<NodeEvent> events(String node, long incarnation) {
    return List.of(
        new NodeEvent(
            1,
            incarnation,
            Clock.bootNanos(),
            node,
            "",
            NodeEvent.AGENT_STARTED,
            new TreeMap<>(Map.of("who", "stand-in"))));
  }

  private static void answer(HttpExchange exchange, String token, Object document)
      throws IOException {
    try (exchange) {
      String shown = exchange.getRequestHeaders().getFirst("Authorization");
      if (!("Bearer " + token).equals(shown)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] body = Json.mapper().writeValueAsBytes(document);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void echo() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(ECHO_PORT)) {
      DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
      while (true) {
        packet.setLength(1500);
        socket.receive(packet);
        socket.send(packet);
      }
    }
  }
}
