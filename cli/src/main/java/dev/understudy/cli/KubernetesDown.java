// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.kubernetes.KubernetesLab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes down}. */
@Command(
    name = "down",
    description = {
      "Take it away, or what a killed command left of it.",
      "It is no error when there is none."
    })
final class KubernetesDown implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    boolean done = KubernetesLab.down(LabChoice.root());
    Terminal.of(spec).line(done ? "Kubernetes is down" : "there is no Kubernetes to take down");
    return 0;
  }
}
