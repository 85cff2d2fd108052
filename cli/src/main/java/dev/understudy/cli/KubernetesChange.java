// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that change one thing of the Kubernetes lab and say how it is then. */
abstract class KubernetesChange implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /** Does it and says what is so now. */
  abstract String change(KubernetesLab lab) throws LabException;

  @Override
  public Integer call() throws Exception {
    try (KubernetesLab lab = KubernetesLab.attachToChange(LabChoice.root())) {
      Terminal.of(spec).line(change(lab));
    }
    return 0;
  }

  /** {@code understudy lab kubernetes isolate}. */
  @Command(name = "isolate", description = "Cut a node's link at the switch; its Pods go on.")
  static final class Isolate extends KubernetesChange {
    @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
    String node = "";

    @Override
    String change(KubernetesLab lab) throws LabException {
      lab.isolate(node);
      return "node " + node + " is isolated";
    }
  }

  /** {@code understudy lab kubernetes heal}. */
  @Command(name = "heal", description = "Restore the link of an isolated node.")
  static final class Heal extends KubernetesChange {
    @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
    String node = "";

    @Override
    String change(KubernetesLab lab) throws LabException {
      lab.heal(node);
      return "node " + node + " is connected";
    }
  }

  /** {@code understudy lab kubernetes stop-apiserver}. */
  @Command(
      name = "stop-apiserver",
      description = "Kill the API server, which stays down; everything else goes on.")
  static final class StopApiserver extends KubernetesChange {
    @Override
    String change(KubernetesLab lab) throws LabException {
      lab.stopApiserver();
      return "the API server is stopped";
    }
  }

  /** {@code understudy lab kubernetes start-apiserver}. */
  @Command(
      name = "start-apiserver",
      description = "Start the stopped API server again and wait until it is ready.")
  static final class StartApiserver extends KubernetesChange {
    @Override
    String change(KubernetesLab lab) throws LabException {
      lab.startApiserver();
      return "the API server is ready";
    }
  }
}
