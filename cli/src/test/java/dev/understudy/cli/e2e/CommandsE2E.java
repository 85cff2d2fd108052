// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands as users and their scripts run them: documents and exit codes. */
class CommandsE2E {
  private static final int NO_ROOT = 3;
  private static final long LIMIT_SECONDS = 120;
  private static final String ADDRESS = "10.77.0.100";

  private static Optional<Tools> tools = Optional.empty();

  @TempDir Path folder = Path.of("");

  private record Run(int code, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }

    Run good() {
      assertThat(code).as("%s%n%s", out, err).isZero();
      return this;
    }
  }

  @BeforeAll
  static void needTools() throws Exception {
    tools = Optional.of(Host.tools(ToolGroup.BASE, ToolGroup.PYTHON));
  }

  private Run understudy(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Host.ROOT.resolve("understudy").toString()));
    command.addAll(List.of(words));
    return run(command);
  }

  private Run run(List<String> command) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("UNDERSTUDY_STATE", folder.resolve("state").toString());
    builder.environment().put("UNDERSTUDY_NO_BUILD", "1");
    Process process = builder.start();
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void programIsProtectedCrashedAndBroughtBackByCommands() throws Exception {
    Set<String> before = networks();
    Path file =
        Files.writeString(
            folder.resolve("cluster.yaml"),
            TestLab.relaxed("commands", FaultsE2E.count(tools.orElseThrow())));
    JsonNode up = understudy("lab", "up", "-f", file.toString(), "--json").good().json();
    try {
      assertThat(up.path("nodes")).hasSize(3);
      assertThat(up.path("nodes")).allMatch(n -> n.path("state").textValue().equals("up"));
      String active = await("protected", () -> activeOf(status()));
      assertThat(understudy("lab", "exec", active, "--", "cat", "/proc/sys/kernel/hostname").out())
          .isEqualTo(active + "\n");
      assertThat(understudy("lab", "exec", active, "--", "sh", "-c", "exit 7").code()).isEqualTo(7);
      long counter = counter();

      understudy("lab", "crash-node", active).good();
      assertThat(node(status(), active).path("state").textValue()).isEqualTo("crashed");
      String next = await("protected again", () -> activeOf(status()));
      assertThat(next).isNotEqualTo(active);
      assertThat(counter()).isGreaterThanOrEqualTo(counter);

      understudy("lab", "start-node", active).good();
      await(
          "its agent",
          () ->
              Optional.of(node(status(), active))
                  .filter(n -> n.has("agent") && !n.path("agent").isNull()));
      assertThat(understudy("lab", "crash-node", "nobody").code()).isEqualTo(2);
    } finally {
      understudy("lab", "down").good();
    }
    assertThat(Host.remains(folder.resolve("state"), "commands")).isEmpty();
    assertThat(before).as("gates and rules live in network namespaces").containsAll(networks());
  }

  @Test
  void benchmarkPrintsItsRows() throws Exception {
    JsonNode bench =
        understudy("bench", "--fault", "node-crash", "--runs", "1", "--memory", "8MiB", "--json")
            .good()
            .json();
    assertThat(bench.path("machine").isObject()).isTrue();
    JsonNode row = bench.path("rows").path(0);
    assertThat(row.path("strategy").textValue()).isEqualTo("mirror");
    assertThat(row.path("fault").textValue()).isEqualTo("node-crash");
    assertThat(row.path("memory_bytes").longValue()).isEqualTo(8 << 20);
    assertThat(row.path("runs").intValue()).isEqualTo(1);
    assertThat(row.path("recovered").intValue()).isEqualTo(1);
    for (String figure :
        List.of("outage_ms", "detection_ms", "wake_ms", "pause_ms", "ticks_lost")) {
      assertThat(row.path(figure).path("p50").isNumber()).as(figure).isTrue();
      assertThat(row.path(figure).path("max").isNumber()).as(figure).isTrue();
    }
  }

  /** In a user namespace of its own, root's files can be read, but nobody is root. */
  @Test
  void whoIsNotRootIsToldSoInOneSentence() throws Exception {
    for (String command : List.of("demo", "bench")) {
      Run refused = run(List.of("unshare", "--user", launcher(), command));
      assertThat(refused.code()).as(refused.err()).isEqualTo(NO_ROOT);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err().strip().lines()).singleElement().asString().contains("root");
    }
  }

  private static String launcher() {
    return Host.ROOT.resolve("understudy").toString();
  }

  // ---- what the commands tell ------------------------------------------------------------------

  private JsonNode status() throws Exception {
    return understudy("lab", "status", "--json").good().json();
  }

  private static JsonNode node(JsonNode status, String name) {
    for (JsonNode node : status.path("nodes")) {
      if (node.path("name").textValue().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no node " + name + " in " + status);
  }

  /** The node that is active and protected. */
  private static Optional<String> activeOf(JsonNode status) {
    for (JsonNode node : status.path("nodes")) {
      JsonNode workload = node.path("agent").path("workloads").path(0);
      if (workload.path("role").asText().equals("active")
          && workload.path("protected_now").booleanValue()) {
        return Optional.of(node.path("name").textValue());
      }
    }
    return Optional.empty();
  }

  private static <T> T await(String what, java.util.concurrent.Callable<Optional<T>> look)
      throws Exception {
    return Wait.until(what, 90, () -> "", look);
  }

  /** What the outside client gets. */
  private long counter() throws Exception {
    Tools there = tools.orElseThrow();
    String get =
        "from urllib.request import urlopen; print(urlopen('http://%s:8080/state').read().decode())"
            .formatted(ADDRESS);
    Run answer =
        understudy(
            "lab",
            "client",
            "--",
            "env",
            "PYTHONHOME=" + there.pythonHome(),
            there.python().toString(),
            "-c",
            get);
    return answer.good().json().path("counter").longValue();
  }

  /** The network namespaces that some process of this machine is in. */
  private static Set<String> networks() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        network(process).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<String> network(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("ns/net")).toString());
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
