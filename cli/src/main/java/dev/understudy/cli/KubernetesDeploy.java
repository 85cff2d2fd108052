// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.image.CountImage;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands about the example program count. */
abstract class KubernetesDeploy implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /** A file of the example, in the checkout that this command belongs to. */
  static Path example(String name) throws LabException {
    String home = System.getProperty("understudy.home", "");
    Path file = Path.of(home, "examples/count", name).toAbsolutePath();
    if (!Files.isReadable(file)) {
      throw LabException.input(file + " cannot be read: run ./understudy of a checkout.");
    }
    return file;
  }

  static int kubectl(String... arguments) throws Exception {
    List<String> command;
    try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
      command = lab.kubectlCommand(List.of(arguments));
    }
    return Foreground.run(command);
  }

  /** {@code understudy lab kubernetes deploy}. */
  @Command(
      name = "deploy",
      description = {
        "Pack the image of the example program count, load it into every node,",
        "apply examples/count/kubernetes.yaml and wait until it answers."
      })
  static final class Deploy extends KubernetesDeploy {
    @Override
    public Integer call() throws Exception {
      Terminal terminal = Terminal.of(spec);
      Tools tools = new ToolCache(terminal::progress).provide(ToolGroup.PYTHON);
      Path manifest = example("kubernetes.yaml");
      Path folder = Files.createTempDirectory("understudy-count");
      Path archive = folder.resolve("count.tar");
      try (KubernetesLab lab = KubernetesLab.attach(LabChoice.root())) {
        CountImage.write(tools, example("count.py"), archive);
        List<String> images = lab.importImage(archive);
        terminal.progress(String.join(", ", images) + " is on " + String.join(", ", lab.upNodes()));
      } finally {
        Files.deleteIfExists(archive);
        Files.delete(folder);
      }
      int code = kubectl("apply", "-f", manifest.toString());
      return code == 0 ? kubectl("rollout", "status", "deployment/count", "--timeout=60s") : code;
    }
  }

  /** {@code understudy lab kubernetes undeploy}. */
  @Command(
      name = "undeploy",
      description = "Delete what examples/count/kubernetes.yaml names, and wait until it is gone.")
  static final class Undeploy extends KubernetesDeploy {
    @Override
    public Integer call() throws Exception {
      String manifest = example("kubernetes.yaml").toString();
      return kubectl("delete", "-f", manifest, "--ignore-not-found", "--wait");
    }
  }
}
