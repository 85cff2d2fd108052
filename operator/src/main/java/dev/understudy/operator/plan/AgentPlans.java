// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.Network;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadPods;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.timing.Timing;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What agents are to go by, from Pods and seats. */
final class AgentPlans {
  private static final String CLUSTER = "kubernetes";
  private static final int PREFIX_LEAST = 8;
  private static final int PREFIX_MOST = 30;
  private static final int VOTERS = 3;
  private static final long MEMORY_USUAL = 256L << 20;
  private static final long MEMORY_LEAST = 4L << 20;
  private static final long MEMORY_MOST = 4L << 30;

  private AgentPlans() {}

  /**
   * A workload with a Pod that serves and one that waits.
   *
   * @param voters of the workload so far: one of them may be away, and votes when it is back
   * @return empty while one of them does not run yet, or a voter is missing
   */
  static Optional<WorkloadSpec> workload(
      Ward ward, Pod active, Pod standby, Seats seats, List<String> voters) {
    List<String> nodes =
        new ArrayList<>(
            Stream.of(Optional.of(seats.active()), seats.standby(), seats.witness())
                .flatMap(Optional::stream)
                .map(PlanNames::node)
                .toList());
    voters.stream()
        .filter(voter -> nodes.size() < VOTERS && !nodes.contains(voter))
        .findFirst()
        .ifPresent(nodes::add);
    Optional<WorkloadPods.Place> first = place(active);
    Optional<WorkloadPods.Place> second = place(standby);
    if (nodes.size() < VOTERS || first.isEmpty() || second.isEmpty() || ward.door().isEmpty()) {
      return Optional.empty();
    }
    SortedMap<String, WorkloadPods.Place> places = new TreeMap<>();
    places.put(PlanNames.node(active.getSpec().getNodeName()), first.get());
    places.put(PlanNames.node(standby.getSpec().getNodeName()), second.get());
    Container main = active.getSpec().getContainers().getFirst();
    Door door = ward.door().get();
    return Optional.of(
        new WorkloadSpec(
            ward.workload(),
            List.of(),
            WorkloadSpec.Root.PODS,
            Optional.empty(),
            "/",
            new TreeMap<>(),
            door.port(),
            door.address(),
            WorkloadSpec.Strategy.MIRROR,
            ward.protection().orElseThrow().intervalNanos(),
            memory(ward),
            List.copyOf(nodes),
            Optional.of(
                new WorkloadPods(
                    main.getName(), identity(active, main), door.targetPort(), places)),
            WorkloadSpec.WithoutQuorum.FREEZE,
            Optional.empty()));
  }

  private static Optional<WorkloadPods.Place> place(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getPodIP() == null) {
      return Optional.empty();
    }
    OptionalInt address = Ipv4.parse(pod.getStatus().getPodIP());
    return !isRunning(pod) || Observation.isEnding(pod) || address.isEmpty()
        ? Optional.empty()
        : Optional.of(new WorkloadPods.Place(Observation.uid(pod), address.getAsInt()));
  }

  /** Whether the first container runs. */
  static boolean isRunning(Pod pod) {
    String main = pod.getSpec().getContainers().getFirst().getName();
    return pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getContainerStatuses()).orElse(List.of()).stream()
            .filter(status -> status.getName().equals(main))
            .anyMatch(
                status -> status.getState() != null && status.getState().getRunning() != null);
  }

  /** The image as the node has it, with its digest. */
  private static String identity(Pod pod, Container main) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(main.getName()))
        .map(ContainerStatus::getImageID)
        .filter(id -> id != null && !id.isBlank())
        .findFirst()
        .orElse(main.getImage());
  }

  /** The limit of one copy. */
  static long memory(Ward ward) {
    Container main = ward.deployment().getSpec().getTemplate().getSpec().getContainers().getFirst();
    long bytes =
        Optional.ofNullable(main.getResources())
            .flatMap(resources -> Optional.ofNullable(resources.getLimits()))
            .flatMap(limits -> Optional.ofNullable(limits.get("memory")))
            .map(limit -> Quantity.getAmountInBytes(limit).longValue())
            .orElse(MEMORY_USUAL);
    return Math.clamp(bytes, MEMORY_LEAST, MEMORY_MOST);
  }

  /**
   * The newer one of a workload; the former where nothing but the order of its nodes would change.
   */
  static WorkloadSpec settled(WorkloadSpec fresh, Optional<WorkloadSpec> former) {
    return former
        .filter(old -> new HashSet<>(old.nodes()).equals(new HashSet<>(fresh.nodes())))
        .filter(old -> ordered(fresh, old.nodes()).equals(old))
        .orElse(fresh);
  }

  private static WorkloadSpec ordered(WorkloadSpec spec, List<String> nodes) {
    return new WorkloadSpec(
        spec.name(),
        spec.command(),
        spec.root(),
        spec.image(),
        spec.workingDirectory(),
        spec.environment(),
        spec.port(),
        spec.address(),
        spec.strategy(),
        spec.checkpointIntervalNanos(),
        spec.memoryLimitBytes(),
        nodes,
        spec.pods(),
        spec.withoutQuorum(),
        spec.state());
  }

  /**
   * The whole plan.
   *
   * @param nodes all that have an agent, or are in the former plan
   * @return empty where no network has all of their addresses
   */
  static Optional<Cluster> cluster(
      List<NodeSpec> nodes, List<WorkloadSpec> workloads, Timing timing) {
    List<NodeSpec> sorted =
        nodes.stream().sorted(Comparator.comparing(NodeSpec::name)).distinct().toList();
    return network(sorted)
        .map(network ->
            new Cluster(
                CLUSTER,
                network,
                timing,
                Cluster.TAKEOVERS_USUAL,
                Optional.empty(),
                sorted,
                workloads.stream().sorted(Comparator.comparing(WorkloadSpec::name)).toList()));
  }

  /** The smallest one that has them all as hosts. */
  private static Optional<Network> network(List<NodeSpec> nodes) {
    for (int prefix = PREFIX_MOST; prefix >= PREFIX_LEAST && !nodes.isEmpty(); prefix--) {
      int base = nodes.getFirst().address() & (-1 << (Integer.SIZE - prefix));
      Network network = new Network(base, prefix);
      boolean all =
          nodes.stream()
              .allMatch(n -> network.hasHost(n.address()) && n.address() != network.lastHost());
      if (all) {
        return Optional.of(network);
      }
    }
    return Optional.empty();
  }

  /** The nodes of a plan: who is in the former one stays as long as Kubernetes knows it. */
  static List<NodeSpec> nodes(List<Node> all, Fleet fleet) {
    Map<Integer, NodeSpec> former = new TreeMap<>();
    fleet.current().ifPresent(c -> c.nodes().forEach(n -> former.put(n.address(), n)));
    List<NodeSpec> nodes = new ArrayList<>();
    for (Node node : all) {
      String name = node.getMetadata().getName();
      Integer address = fleet.addresses().get(name);
      if (address != null && (fleet.members().containsKey(name) || former.containsKey(address))) {
        nodes.add(new NodeSpec(PlanNames.node(name), address, Seats.isWitness(node)));
      }
    }
    return nodes;
  }
}
