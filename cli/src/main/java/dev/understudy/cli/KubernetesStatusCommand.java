// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.KubernetesStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes status}. */
@Command(name = "status", description = "Show how the control plane and every node are.")
final class KubernetesStatusCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
      print(Terminal.of(spec), lab.status(), json);
    }
    return 0;
  }

  static void print(Terminal terminal, KubernetesStatus status, boolean json) {
    if (json) {
      terminal.json(status);
      return;
    }
    terminal.line(
        "Kubernetes "
            + status.version()
            + ", timers "
            + status.timers()
            + ", kube-proxy "
            + status.proxy()
            + ", API server "
            + status.apiserver());
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "ADDRESS", "STATE", "READY", "PID"));
    for (KubernetesStatus.Node node : status.nodes()) {
      String ready = node.ready().isEmpty() ? "-" : node.ready();
      String pid = node.pid() < 0 ? "-" : Long.toString(node.pid());
      rows.add(List.of(node.name(), node.address(), node.state(), ready, pid));
    }
    terminal.table(rows);
  }
}
