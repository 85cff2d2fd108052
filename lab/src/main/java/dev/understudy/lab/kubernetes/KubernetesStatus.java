// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import java.util.List;

/**
 * How a Kubernetes lab is.
 *
 * @param version of Kubernetes
 * @param timers how soon it reacts
 * @param proxy how kube-proxy works
 * @param folder the lab's
 * @param apiserver {@code up}, {@code stopped}, or {@code silent} when it should answer
 * @param nodes in order
 */
public record KubernetesStatus(
    String version,
    String timers,
    String proxy,
    String folder,
    String apiserver,
    List<Node> nodes) {
  public KubernetesStatus {
    nodes = List.copyOf(nodes);
  }

  /**
   * One node.
   *
   * @param name its name
   * @param address IPv4
   * @param state {@code up}, {@code isolated} or {@code crashed}: what it is
   * @param ready {@code True}, {@code False} or {@code Unknown}: what Kubernetes believes; empty
   *     when nobody can be asked, or when it never joined
   * @param pid PID 1 of the node as this machine numbers it; -1 when it is crashed
   */
  public record Node(String name, String address, String state, String ready, long pid) {}
}
