// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.cluster.LabOptions;
import dev.understudy.lab.kubernetes.build.KubernetesTools;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a Kubernetes lab is started.
 *
 * @param tools what runs in it
 * @param timers how soon Kubernetes itself reacts
 * @param proxy how kube-proxy works
 * @param stateRoot where labs have their folders
 * @param bound whether it ends with this process, however that ends
 * @param progress gets one line for each step
 */
public record KubernetesOptions(
    KubernetesTools tools,
    Timers timers,
    ProxyMode proxy,
    Path stateRoot,
    boolean bound,
    Consumer<String> progress) {

  /** A lab that stays until {@code down}, with nftables, silent, in the usual state folder. */
  public static KubernetesOptions of(KubernetesTools tools, Timers timers) {
    return new KubernetesOptions(
        tools, timers, ProxyMode.NFTABLES, LabOptions.defaultStateRoot(), false, line -> {});
  }

  /** The same with another kube-proxy. */
  public KubernetesOptions proxy(ProxyMode other) {
    return new KubernetesOptions(tools, timers, other, stateRoot, bound, progress);
  }

  /** The same with its folder elsewhere. */
  public KubernetesOptions stateRoot(Path elsewhere) {
    return new KubernetesOptions(tools, timers, proxy, elsewhere, bound, progress);
  }

  /** The same, but it ends with this process. */
  public KubernetesOptions boundToThisProcess() {
    return new KubernetesOptions(tools, timers, proxy, stateRoot, true, progress);
  }

  /** The same, but it tells each of its steps. */
  public KubernetesOptions progress(Consumer<String> listener) {
    return new KubernetesOptions(tools, timers, proxy, stateRoot, bound, listener);
  }
}
