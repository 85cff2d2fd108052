// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.cluster.ProcessMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubernetes lab must remember between commands, in {@code lab.json}.
 *
 * @param bootId of the machine's boot in which it was started: process numbers mean nothing later
 * @param persistent whether it stays without the command that started it
 * @param keeper PID 1 of everything
 * @param client PID 1 of the outside client; null until it was started
 * @param control PID 1 of the control plane; null until it was started
 * @param timers how it was tuned
 * @param proxy how kube-proxy works
 * @param programs what runs in it
 * @param nodes in order
 */
record KubernetesRecord(
    String bootId,
    boolean persistent,
    ProcessMark keeper,
    @Nullable ProcessMark client,
    @Nullable ProcessMark control,
    Timers timers,
    ProxyMode proxy,
    Programs programs,
    List<Node> nodes) {
  KubernetesRecord {
    nodes = List.copyOf(nodes);
  }

  /**
   * Where the programs are.
   *
   * @param version of Kubernetes
   * @param kubernetes the folder of what was built
   * @param tools the folder of what came as packages
   * @param iptablesExtensions the folder of iptables' extensions
   */
  record Programs(String version, String kubernetes, String tools, String iptablesExtensions) {
    String path() {
      return kubernetes + ":" + tools + ":/usr/sbin:/usr/bin:/sbin:/bin";
    }
  }

  /**
   * One node.
   *
   * @param name its name
   * @param port the switch's interface that leads to it
   * @param offsetSeconds what its clocks are ahead of the machine's
   * @param init PID 1 of the node; null before its first start and after a crash
   */
  record Node(String name, String port, long offsetSeconds, @Nullable ProcessMark init) {
    /** Its PID 1, if that lives. */
    Optional<ProcessMark> alive() {
      return Optional.ofNullable(init).filter(ProcessMark::alive);
    }
  }

  Optional<Node> node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
  }

  KubernetesRecord thatStays() {
    return new KubernetesRecord(
        bootId, true, keeper, client, control, timers, proxy, programs, nodes);
  }

  KubernetesRecord withClient(ProcessMark changed) {
    return new KubernetesRecord(
        bootId, persistent, keeper, changed, control, timers, proxy, programs, nodes);
  }

  KubernetesRecord withControl(ProcessMark changed) {
    return new KubernetesRecord(
        bootId, persistent, keeper, client, changed, timers, proxy, programs, nodes);
  }

  KubernetesRecord withInit(String name, @Nullable ProcessMark changed) {
    List<Node> all = new ArrayList<>();
    for (Node node : nodes) {
      boolean same = node.name().equals(name);
      all.add(same ? new Node(name, node.port(), node.offsetSeconds(), changed) : node);
    }
    return new KubernetesRecord(
        bootId, persistent, keeper, client, control, timers, proxy, programs, all);
  }
}
