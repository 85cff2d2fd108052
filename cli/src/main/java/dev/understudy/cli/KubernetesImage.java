// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.kubernetes.KubernetesLab;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The group {@code understudy lab kubernetes image}. */
@Command(
    name = "image",
    description = "Container images on the nodes, which no registry serves.",
    subcommands = KubernetesImage.Import.class)
final class KubernetesImage implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which command for images? " + Main.names(spec));
  }

  /** {@code understudy lab kubernetes image import}. */
  @Command(
      name = "import",
      description = {
        "Load an archive, as \"docker save\" writes it or with an OCI layout, into every node",
        "that has power. Pods that use it need \"imagePullPolicy: Never\" or \"IfNotPresent\"."
      })
  static final class Import implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The archive.")
    Path file = Path.of("image.tar");

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
        List<String> images = lab.importImage(file);
        Terminal.of(spec)
            .line(String.join(", ", images) + " on " + String.join(", ", lab.upNodes()));
      }
      return 0;
    }
  }
}
