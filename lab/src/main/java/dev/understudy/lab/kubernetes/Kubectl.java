// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.agent.linux.Clock;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.Pause;
import dev.understudy.lab.cluster.ProcessMark;
import dev.understudy.lab.tools.Commands;
import dev.understudy.lab.tools.ToolsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the API server, as kubectl would for anybody, from the outside client's network. */
final class Kubectl {
  private static final int LIMIT_SECONDS = 20;
  private static final long POLL_MILLIS = 150;

  private final KubernetesFolder folder;
  private final KubernetesRecord.Programs programs;
  private final ProcessMark client;

  Kubectl(KubernetesFolder folder, KubernetesRecord.Programs programs, ProcessMark client) {
    this.folder = folder;
    this.programs = programs;
    this.client = client;
  }

  /** The command line; it reads and writes files of this machine, in the folder it is run in. */
  List<String> command(List<String> arguments) {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + client.pid() + "/ns/net", "--"));
    all.add(Path.of(programs.kubernetes(), "kubectl").toString());
    all.add("--kubeconfig=" + folder.adminKubeconfig());
    // The usual place is in the user's home, where it would stay.
    all.add("--cache-dir=" + folder.base().file("kubectl-cache"));
    all.addAll(arguments);
    return all;
  }

  /** What it prints; empty when it fails. */
  String ask(String... arguments) throws LabException {
    try {
      Commands.Output output =
          new Commands(folder.base().path()).run(command(List.of(arguments)), LIMIT_SECONDS);
      return output.ok() ? output.out().strip() : "";
    } catch (ToolsException e) {
      throw LabException.failed("kubectl could not be run: " + e.getMessage() + ".", e);
    }
  }

  /** Whether the API server says that it is ready. */
  boolean serverReady() throws LabException {
    return ask("get", "--raw=/readyz", "--request-timeout=2s").equals("ok");
  }

  /** The Ready condition of each node that has joined. */
  Map<String, String> readiness() throws LabException {
    String rows =
        ask(
            "get",
            "nodes",
            "--request-timeout=2s",
            "-o=jsonpath={range .items[*]}{.metadata.name} "
                + "{.status.conditions[?(@.type=='Ready')].status}{'\\n'}{end}");
    Map<String, String> all = new LinkedHashMap<>();
    for (String row : rows.lines().toList()) {
      String[] words = row.strip().split(" ", -1);
      if (words.length == 2) {
        all.put(words[0], words[1]);
      }
    }
    return all;
  }

  /** Whether a node is Ready and its kubelet has said so after that time. */
  boolean readyAgain(String node, Instant after) throws LabException {
    String lease =
        ask(
            "get",
            "lease",
            "--namespace=kube-node-lease",
            node,
            "--request-timeout=2s",
            "-o=jsonpath={.spec.renewTime}");
    boolean renewed = !lease.isEmpty() && Instant.parse(lease).isAfter(after);
    return renewed && readiness().getOrDefault(node, "").equals("True");
  }

  /** Something that becomes true. */
  interface Condition {
    boolean holds() throws LabException;
  }

  /**
   * Polls until something is true.
   *
   * @param what as in "the API server is not ready"
   */
  static void await(String what, int seconds, Condition condition, Path log) throws LabException {
    long deadline = Clock.bootNanos() + seconds * 1_000_000_000L;
    while (!condition.holds()) {
      if (Clock.bootNanos() > deadline) {
        throw LabException.failed(
            "After " + seconds + " s, " + what + "; the logs are in " + log + ".");
      }
      Pause.millis(POLL_MILLIS);
    }
  }
}
