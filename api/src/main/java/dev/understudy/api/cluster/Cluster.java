// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Optional;

/**
 * One cluster as its file describes it, checked: every address lies in the network, every name is
 * unique, every time keeps the rules.
 *
 * @param name names the lab and everything that it creates on the machine
 * @param network the layer-2 network that all nodes and virtual addresses share
 * @param timing the protocol's times
 * @param takeoversAtOnce how many workloads a node takes over at once, at least 1
 * @param prefer what two nodes without a majority do; stated whenever there are only two nodes
 * @param nodes in order of preference
 * @param workloads in the order of the file
 */
public record Cluster(
    String name,
    Network network,
    Timing timing,
    int takeoversAtOnce,
    Optional<Preference> prefer,
    List<NodeSpec> nodes,
    List<WorkloadSpec> workloads) {
  /** How many workloads a node takes over at once unless the file says another number. */
  public static final int TAKEOVERS_USUAL = FailoverNode.TAKEOVERS_USUAL;

  /** What a cluster of two nodes chooses when they cannot hear one another. */
  public enum Preference {
    /** Promote only on a release or a confirmed fence. */
    CONSISTENCY,
    /** Promote; two actives are possible until the nodes hear one another again. */
    AVAILABILITY
  }

  /** The node of that name, if the file has it. */
  public Optional<NodeSpec> node(String nodeName) {
    return nodes.stream().filter(n -> n.name().equals(nodeName)).findFirst();
  }

  /** The workload of that name, if the file has it. */
  public Optional<WorkloadSpec> workload(String workloadName) {
    return workloads.stream().filter(w -> w.name().equals(workloadName)).findFirst();
  }
}
