// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import dev.understudy.lab.kubernetes.KubernetesLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One process of the operator, at the outside client, with its service account's token. */
final class OperatorProgram implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String MAIN = "dev.understudy.operator.OperatorMain";

  private final KubernetesLab lab;
  private final Process process;
  private final Path kubeconfig;
  private final Path log;
  private final int metricsPort;

  private OperatorProgram(
      KubernetesLab lab, Process process, Path kubeconfig, Path log, int metricsPort) {
    this.lab = lab;
    this.process = process;
    this.kubeconfig = kubeconfig;
    this.log = log;
    this.metricsPort = metricsPort;
  }

  /** Starts one; its health is asked for one port above its metrics. */
  static OperatorProgram start(
      KubernetesLab lab, Path folder, String name, int metricsPort, String... more)
      throws Exception {
    Path kubeconfig = Files.writeString(folder.resolve(name + ".kubeconfig"), access(lab));
    Path log = folder.resolve(name + ".log");
    List<String> words =
        new ArrayList<>(
            List.of(
                Host.ROOT.resolve("operator/run").toString(),
                "--kubeconfig=" + kubeconfig,
                "--metrics-bind-address=:" + metricsPort,
                "--health-probe-bind-address=:" + (metricsPort + 1),
                "--leader-elect"));
    words.addAll(List.of(more));
    List<String> command = lab.clientCommand(folder, words);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new OperatorProgram(lab, process, kubeconfig, log, metricsPort);
  }

  private static String access(KubernetesLab lab) throws Exception {
    String server = kubectl(lab, "config", "view", "-o=jsonpath={.clusters[0].cluster.server}");
    String authority =
        kubectl(
            lab,
            "config",
            "view",
            "--raw",
            "--flatten",
            "-o=jsonpath={.clusters[0].cluster.certificate-authority-data}");
    String token =
        kubectl(lab, "create", "token", "understudy-operator", "-n", "understudy-system");
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - {name: lab, cluster: {server: "%s", certificate-authority-data: "%s"}}
    users:
    - {name: operator, user: {token: "%s"}}
    contexts:
    - {name: lab, context: {cluster: lab, user: operator}}
    current-context: lab
    """
        .formatted(server, authority, token.strip());
  }

  private static String kubectl(KubernetesLab lab, String... arguments) throws Exception {
    return Said.of(lab.kubectlCommand(List.of(arguments)), "").must();
  }

  /** The text of a page of health or metrics; empty while nobody answers. */
  String page(String path) throws Exception {
    int port = path.equals("/metrics") ? metricsPort : metricsPort + 1;
    return Http.tryGet(lab.clientNetns(), HOST, port, path).orElse("");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How much memory of the machine it holds. */
  long residentKibibytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(pids().getFirst()), "status");
    String line =
        Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  private List<Long> pids() throws IOException {
    List<Long> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path place : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        String line = commandLine(place);
        if (line.contains(MAIN) && line.contains(kubeconfig.toString())) {
          found.add(Long.parseLong(place.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private static String commandLine(Path place) {
    try {
      byte[] line = Files.readAllBytes(place.resolve("cmdline"));
      return new String(line, StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }

  /** Asks it to end, and waits until it has. */
  @Override
  public void close() throws IOException {
    for (long pid : pids()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
    process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
