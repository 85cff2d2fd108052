// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.build.KubernetesBuild;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.ToolsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Kubernetes, by the commands that people type. */
class KubernetesE2E {
  private static final double PATIENCE_SECONDS = 90;
  private static final String SERVICE = "10.96.0.80";
  private static final List<Path> SETTINGS =
      List.of(Path.of("/proc/sys/vm/overcommit_memory"), Path.of("/proc/sys/kernel/panic"));

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void needTools() throws Exception {
    var _ = Host.tools(ToolGroup.PYTHON);
    try {
      Lab.requireHost();
      var _ = new KubernetesBuild(System.out::println).provide();
    } catch (LabException | ToolsException e) {
      assumeTrue(false, e.getMessage());
    }
    assertThat(Host.ROOT.resolve("cli/target/classpath.txt"))
        .as("the command is built; ./build does that before these tests")
        .exists();
  }

  private Path state() {
    return folder.resolve("state");
  }

  /** A command that ended. */
  private record Said(int code, String out, String err) {}

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Host.ROOT.resolve("understudy").toString());
    command.addAll(List.of("lab", "kubernetes"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("UNDERSTUDY_STATE", state().toString());
    builder.environment().put("UNDERSTUDY_NO_BUILD", "1");
    builder.redirectError(folder.resolve("err").toFile());
    return builder.start();
  }

  private Said run(String... arguments) throws Exception {
    Process process = start(arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), out, Files.readString(folder.resolve("err")));
  }

  private String must(String... arguments) throws Exception {
    Said said = run(arguments);
    assertThat(said.code()).as("%s: %s", List.of(arguments), said).isZero();
    return said.out();
  }

  private String kubectl(String... arguments) throws Exception {
    return must(Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toArray(String[]::new));
  }

  /** The node of the Pod that runs and is not about to end. */
  private Optional<String> placeOfCount() throws Exception {
    String rows =
        kubectl(
            "get",
            "pods",
            "-lapp=count",
            "-o=jsonpath={range .items[*]}{.status.phase} {.spec.nodeName}"
                + " {.metadata.deletionTimestamp}{'\\n'}{end}");
    return rows.lines()
        .map(row -> row.strip().split(" ", -1))
        .filter(words -> words.length == 2 && words[0].equals("Running"))
        .map(words -> words[1])
        .findFirst();
  }

  private Optional<String> state(String node) throws Exception {
    try (KubernetesLab lab = KubernetesLab.attach(state())) {
      return Http.tryGet(lab.nodeNetns(node), SERVICE, 80, "/state");
    }
  }

  private void awaitAnswerAt(String node) throws Exception {
    Wait.that(
        "an answer of the Service at " + node,
        PATIENCE_SECONDS,
        this::evidence,
        () -> state(node).isPresent());
  }

  private void awaitReadiness(String node, String readiness) throws Exception {
    Wait.that(
        node + " " + readiness,
        PATIENCE_SECONDS,
        this::evidence,
        () -> row(node).contains(" " + readiness + " "));
  }

  private String row(String node) throws Exception {
    return must("status").lines().filter(l -> l.startsWith(node + " ")).findFirst().orElseThrow();
  }

  private String evidence() {
    try {
      return run("status").out() + run("kubectl", "get", "pods,events", "-A", "-o=wide").out();
    } catch (Exception e) {
      return e.toString();
    }
  }

  private static List<String> settings() throws IOException {
    List<String> all = new ArrayList<>();
    for (Path setting : SETTINGS) {
      all.add(setting + " " + Files.readString(setting).strip());
    }
    return all;
  }

  /** Processes, mounts, cgroups and files of this test's lab. */
  private List<String> remains() throws IOException {
    List<String> found = new ArrayList<>(Host.processes(state()));
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains(state().toString()))
        .forEach(found::add);
    String place = Integer.toHexString(state().toString().hashCode());
    String group = "understudy-lab.kubernetes." + place;
    try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 2, (f, _) -> f.endsWith(group))) {
      all.forEach(f -> found.add(f.toString()));
    }
    Path lab = state().resolve("lab.kubernetes");
    if (Files.exists(lab)) {
      found.add(lab.toString());
    }
    return found;
  }

  @AfterEach
  void takeDown() throws Exception {
    var _ = run("down");
    assertThat(remains()).isEmpty();
  }

  private void killWhileItStarts() throws Exception {
    Process process = start("up", "--timers", "tuned");
    try (BufferedReader err = Files.newBufferedReader(folder.resolve("err"))) {
      Wait.that(
          "the start of a node",
          PATIENCE_SECONDS,
          () -> "",
          () -> {
            @Nullable String line = err.readLine();
            return line != null && line.contains("starting node n3");
          });
    }
    assertThat(process.destroyForcibly().waitFor(20, TimeUnit.SECONDS)).isTrue();
    Wait.that(
        "the end of every process of a killed start",
        PATIENCE_SECONDS,
        () -> "",
        () -> Host.processes(state()).isEmpty());
  }

  @Test
  void threeNodesServeLosePowerAndAreTakenAway() throws Exception {
    List<String> before = settings();
    killWhileItStarts();
    Said up = run("up", "--timers", "tuned");
    assertThat(up.code()).as("%s", up).isZero();
    assertThat(up.err()).contains("removing what a killed run left");
    assertThat(up.out()).containsPattern("n1 .* up +True").containsPattern("n3 .* up +True");
    Said twice = run("up");
    assertThat(twice.code()).isEqualTo(2);
    assertThat(twice.err()).contains("Kubernetes runs already");

    must("deploy");
    String first = placeOfCount().orElseThrow();
    List<String> others = Stream.of("n1", "n2", "n3").filter(n -> !n.equals(first)).toList();
    for (String node : List.of("n1", "n2", "n3")) {
      awaitAnswerAt(node);
      assertThat(must("exec", node, "--", "cat", "/proc/net/route"))
          .as("no default route")
          .doesNotContainPattern("eth0\t00000000");
    }

    must("crash-node", first);
    awaitReadiness(first, "Unknown");
    Wait.that(
        "the Pod elsewhere",
        PATIENCE_SECONDS,
        this::evidence,
        () -> placeOfCount().filter(others::contains).isPresent());
    String second = placeOfCount().orElseThrow();
    String third = others.stream().filter(n -> !n.equals(second)).findFirst().orElseThrow();
    awaitAnswerAt(third);
    assertThat(must("start-node", first)).contains("is Ready");
    assertThat(run("start-node", first).code()).as("it is up already").isEqualTo(2);

    must("isolate", third);
    assertThat(row(third)).contains(" isolated ");
    awaitReadiness(third, "Unknown");
    must("heal", third);
    awaitReadiness(third, "True");

    must("stop-apiserver");
    assertThat(run("kubectl", "get", "nodes", "--request-timeout=2s").code()).isNotZero();
    assertThat(must("status")).contains("API server stopped");
    awaitAnswerAt(second);
    must("start-apiserver");
    for (String node : List.of("n1", "n2", "n3")) {
      awaitReadiness(node, "True");
    }
    Wait.that(
        "count in some place", PATIENCE_SECONDS, this::evidence, () -> placeOfCount().isPresent());
    must("undeploy");
    assertThat(must("down")).contains("Kubernetes is down");
    assertThat(remains()).isEmpty();
    assertThat(settings()).isEqualTo(before);
  }
}
