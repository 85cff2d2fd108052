// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.kubernetes.KubernetesLab;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes logs}. */
@Command(
    name = "logs",
    description = "Print what a program of a node, or of the control plane, has written.")
final class KubernetesLogs implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PLACE", description = "A node, or \"control\".")
  String place = "";

  @Parameters(
      index = "1",
      paramLabel = "PROGRAM",
      description = {
        "Of a node: containerd, kubelet, kube-proxy. Of control: etcd, kube-apiserver,",
        "kube-controller-manager, kube-scheduler. Of both: lab, the first script."
      })
  String program = "";

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(lab.log(place, program));
      out.flush();
    }
    return 0;
  }
}
