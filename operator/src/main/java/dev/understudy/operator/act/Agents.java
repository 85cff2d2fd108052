// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.act;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.AgentView;
import dev.understudy.api.control.Envelope;
import dev.understudy.api.control.Json;
import dev.understudy.api.control.SealedCall;
import dev.understudy.operator.plan.Fleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks agents how things are, and brings them plans, over sealed calls. */
final class Agents implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** An agent is away for a moment when it is restarted, or goes over to a new plan. */
  private static final long REMEMBERED_NANOS = 15_000_000_000L;

  private record Heard(AgentView view, long atNanos) {}

  private final Envelope envelope;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Heard> heard = new TreeMap<>();

  /** With the cluster's key. */
  Agents(byte[] key) {
    envelope = new Envelope(key);
  }

  /**
   * Asks all nodes at once.
   *
   * @param addresses by node, IPv4
   */
  Fleet look(SortedMap<String, Integer> addresses) throws InterruptedException {
    Map<String, Future<AgentView>> asked = new TreeMap<>();
    addresses.forEach((node, address) ->
        asked.put(node, threads.submit(() -> call(address, new SealedCall(null)))));
    SortedMap<String, Fleet.Member> members = new TreeMap<>();
    heard.keySet().retainAll(addresses.keySet());
    for (Map.Entry<String, Future<AgentView>> one : asked.entrySet()) {
      boolean answers = true;
      try {
        heard.put(one.getKey(), new Heard(one.getValue().get(), System.nanoTime()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof IOException)) {
          throw new IllegalStateException("asking " + one.getKey() + " broke", e.getCause());
        }
        // No agent, or none that can be reached: what is known of it is getting old.
        answers = false;
      }
      Heard last = heard.get(one.getKey());
      if (last != null && System.nanoTime() - last.atNanos() < REMEMBERED_NANOS) {
        members.put(one.getKey(), member(last.view(), answers));
      }
    }
    return new Fleet(addresses, members);
  }

  private static Fleet.Member member(AgentView view, boolean answers) {
    return new Fleet.Member(
        view.plan(),
        read(view.plan()),
        answers ? Optional.ofNullable(view.status()) : Optional.empty(),
        answers);
  }

  private static Optional<Cluster> read(AgentPlan plan) {
    if (plan.equals(AgentPlan.NONE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClusterFile.parseOnNode(plan.clusterFile()));
    } catch (ClusterFileException e) {
      throw new IllegalStateException("an agent has taken a faulty plan: " + e.getMessage(), e);
    }
  }

  /**
   * Brings a plan to one agent.
   *
   * @return why it is not taken; empty when it is
   */
  Optional<String> bring(int address, AgentPlan plan) throws InterruptedException {
    try {
      String trouble = call(address, new SealedCall(plan)).trouble();
      return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    } catch (IOException e) {
      return Optional.of("the agent at " + Ipv4.text(address) + ": " + e);
    }
  }

  private AgentView call(int to, SealedCall call) throws IOException, InterruptedException {
    String address = Ipv4.text(to);
    byte[] sealed = envelope.call(Json.mapper().writeValueAsBytes(call), address);
    URI uri = URI.create("http://" + address + ":" + SealedCall.PORT + SealedCall.PATH);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofByteArray(sealed))
            .build();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    byte[] plain =
        envelope
            .openAnswer(answer.body(), sealed)
            .orElseThrow(() -> new IOException("answered " + answer.statusCode() + ", unsealed"));
    return Json.mapper().readValue(plain, AgentView.class);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    http.shutdownNow();
  }
}
