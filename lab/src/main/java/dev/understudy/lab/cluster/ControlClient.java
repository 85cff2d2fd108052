// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import com.fasterxml.jackson.databind.MappingIterator;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.ReignNews;
import dev.understudy.api.control.RestartAnswer;
import dev.understudy.api.control.WorkloadExplanation;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.List;

/** Asks the agent of a node over its control API, from inside the node's network namespace. */
public final class ControlClient {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int READ_MILLIS = 8_000;
  private static final int BODY_BYTES_MOST = 8 << 20;

  private final String token;

  /** For the cluster with that key. */
  public ControlClient(byte[] clusterKey) {
    token = ControlToken.of(clusterKey);
  }

  /** The agent's view of its node. */
  public NodeStatus status(ProcessMark node) throws IOException {
    return Json.mapper().readValue(get(node, "/v1/status"), NodeStatus.class);
  }

  /** The agent's record after that sequence number. */
  public List<NodeEvent> events(ProcessMark node, long after) throws IOException {
    byte[] body = get(node, "/v1/events?after=" + after);
    try (MappingIterator<NodeEvent> events =
        Json.mapper().readerFor(NodeEvent.class).readValues(body)) {
      return events.readAll();
    }
  }

  /** Why the agent did, or did not, take that workload over. */
  WorkloadExplanation explain(ProcessMark node, String workload) throws IOException {
    return Json.mapper()
        .readValue(get(node, "/v1/explain?workload=" + workload), WorkloadExplanation.class);
  }

  /** What the agent answers to a question for records: a page as JSON. */
  byte[] records(ProcessMark node, String cursor, long waitMillis) throws IOException {
    // Before the first record there is no place to name.
    String after = cursor.isEmpty() ? "" : "after=" + cursor + "&";
    return get(node, "/v1/records?" + after + "wait_ms=" + waitMillis);
  }

  /** Has the agent end, if all that is active on its node can go on for so long without it. */
  RestartAnswer restart(ProcessMark node, long leaseMillis) throws IOException {
    String path = "/v1/restart?lease_millis=" + leaseMillis;
    return Json.mapper().readValue(ask(node, "POST", path), RestartAnswer.class);
  }

  private static String error(HttpURLConnection connection) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      return in == null ? "" : Json.mapper().readTree(in).path("error").asText();
    }
  }

  /** Says that another node can have no effect any more. */
  void fence(ProcessMark node, String workload, String fenced) throws IOException {
    byte[] _ = ask(node, "POST", "/v1/fence?workload=" + workload + "&node=" + fenced);
  }

  /** Asks to be told who is active. */
  void subscribe(ProcessMark node, String subscriber) throws IOException {
    byte[] _ = ask(node, "POST", "/v1/subscribe?subscriber=" + subscriber);
  }

  /** What there is to be told, if anything is within that time. */
  List<ReignNews> news(ProcessMark node, String subscriber, long waitMillis) throws IOException {
    String path = "/v1/news?subscriber=" + subscriber + "&wait_millis=" + waitMillis;
    return List.of(Json.mapper().readValue(get(node, path), ReignNews[].class));
  }

  /** Says what a subscriber knows. */
  void acknowledge(ProcessMark node, ReignNews known) throws IOException {
    String path =
        "/v1/acknowledge?subscriber=%s&workload=%s&epoch_counter=%d&epoch_node=%s&active=%s"
            .formatted(
                known.node(),
                known.workload(),
                known.epochCounter(),
                known.epochNode(),
                known.activeNode());
    byte[] _ = ask(node, "POST", path);
  }

  private byte[] get(ProcessMark node, String path) throws IOException {
    return ask(node, "GET", path);
  }

  private byte[] ask(ProcessMark node, String method, String path) throws IOException {
    return Namespaces.callIn(Switch.netns(node), () -> askHere(method, path));
  }

  private byte[] askHere(String method, String path) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + ControlToken.PORT + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    // The runtime keeps connections by address, and every node has this one: never let it.
    connection.setRequestProperty("Connection", "close");
    connection.setRequestProperty("Authorization", "Bearer " + token);
    int code = connection.getResponseCode();
    if (code != HttpURLConnection.HTTP_OK) {
      throw new IOException("the agent refused, " + code + ": " + error(connection));
    }
    try (InputStream in = connection.getInputStream()) {
      byte[] body = in.readNBytes(BODY_BYTES_MOST + 1);
      if (body.length > BODY_BYTES_MOST) {
        throw new IOException("the agent answered more than " + BODY_BYTES_MOST + " bytes");
      }
      return body;
    }
  }
}
