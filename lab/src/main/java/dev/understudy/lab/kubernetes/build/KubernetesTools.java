// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.build;

import dev.understudy.lab.tools.Tools;
import java.nio.file.Path;

/**
 * Everything that a Kubernetes lab runs.
 *
 * @param bin the folder with what was built
 * @param tools what came as Debian packages
 * @param version of Kubernetes, as {@code v1.34.4}
 */
public record KubernetesTools(Path bin, Tools tools, String version) {
  /** One of {@link KubernetesBuild#COMPONENTS}. */
  public Path component(String name) {
    if (!KubernetesBuild.COMPONENTS.contains(name)) {
      throw new IllegalStateException(name + " is none of " + KubernetesBuild.COMPONENTS);
    }
    return bin.resolve(name);
  }

  /** kubectl. */
  public Path kubectl() {
    return component("kubectl");
  }

  /** A static program that does nothing but hold a Pod's namespaces. */
  public Path pause() {
    return bin.resolve("pause");
  }
}
