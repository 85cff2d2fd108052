// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.AgentView;
import dev.understudy.api.control.Envelope;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.SealedCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealedDoorTest {
  private static final String HERE = "127.0.0.9";
  private static final byte[] KEY = new byte[32];

  private final List<AgentPlan> taken = new ArrayList<>();
  private final SealedDoor.Visited agent =
      new SealedDoor.Visited() {
        @Override
        public AgentView take(AgentPlan plan) {
          taken.add(plan);
          return new AgentView(plan, null, "");
        }

        @Override
        public AgentView view() {
          return new AgentView(AgentPlan.NONE, null, "waits");
        }
      };

  private static HttpResponse<byte[]> post(byte[] body) throws Exception {
    URI uri = URI.create("http://" + HERE + ":" + SealedCall.PORT + SealedCall.PATH);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body)).build(),
          BodyHandlers.ofByteArray());
    }
  }

  private static AgentView ask(SealedCall call) throws Exception {
    Envelope envelope = new Envelope(KEY);
    byte[] sealed = envelope.call(Json.mapper().writeValueAsBytes(call), HERE);
    HttpResponse<byte[]> answer = post(sealed);
    assertThat(answer.statusCode()).isEqualTo(200);
    byte[] plain = envelope.openAnswer(answer.body(), sealed).orElseThrow();
    return Json.mapper().readValue(plain, AgentView.class);
  }

  @Test
  void whoHasTheKeyBringsPlansAndAsks() throws Exception {
    try (SealedDoor _ = SealedDoor.open(HERE, KEY, agent)) {
      assertThat(ask(new SealedCall(null)).trouble()).isEqualTo("waits");
      AgentPlan plan = new AgentPlan(7, "cluster: x");
      assertThat(ask(new SealedCall(plan)).plan()).isEqualTo(plan);
      assertThat(taken).containsExactly(plan);
    }
  }

  @Test
  void whoDoesNotHaveItIsToldNothing() throws Exception {
    try (SealedDoor _ = SealedDoor.open(HERE, KEY, agent)) {
      AgentPlan plan = new AgentPlan(7, "cluster: x");
      byte[] text = Json.mapper().writeValueAsBytes(new SealedCall(plan));
      byte[] other = new byte[32];
      other[0] = 1;
      for (byte[] body : List.of(text, new Envelope(other).call(text, HERE), new byte[0])) {
        HttpResponse<byte[]> answer = post(body);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEmpty();
      }
      assertThat(taken).isEmpty();
    }
  }
}
