// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpDoorTest {
  @Test
  void pagesAreAnsweredAndNothingElse() throws Exception {
    Figures figures = new Figures();
    figures.gauge("leading", "Whether it acts.", () -> 1);
    try (HttpDoor door =
            new HttpDoor(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of(
                    "/healthz", () -> HttpDoor.Answer.unwell("unwell\n"),
                    "/metrics", () -> HttpDoor.Answer.ok(figures.text())));
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(get(client, door, "GET", "/healthz").statusCode()).isEqualTo(503);
      assertThat(get(client, door, "GET", "/healthz").body()).isEqualTo("unwell\n");
      assertThat(get(client, door, "GET", "/metrics").body())
          .contains("understudy_operator_leading 1.0")
          .contains("jvm_memory_used_bytes");
      assertThat(get(client, door, "GET", "/").statusCode()).isEqualTo(404);
      assertThat(get(client, door, "GET", "/healthz/x").statusCode()).isEqualTo(404);
      assertThat(get(client, door, "DELETE", "/healthz").statusCode()).isEqualTo(405);
    }
  }

  private static HttpResponse<String> get(
      HttpClient client, HttpDoor door, String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + door.port() + path);
    return client.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
