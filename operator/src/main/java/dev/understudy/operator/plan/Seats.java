// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.core.placement.Host;
import dev.understudy.core.placement.Placement;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which nodes a workload has.
 *
 * @param active where it runs, as the scheduler or a failover has chosen
 * @param standby who holds its copy; empty when no other node may
 * @param witness a third that only votes; empty when there are no three nodes
 */
public record Seats(String active, Optional<String> standby, Optional<String> witness) {
  /**
   * A workload that runs.
   *
   * @param key unique, and sorts in an order that does not change
   * @param active its node
   * @param standby the node of the standby Pod that it has already
   * @param pod its template: what it asks of a node
   * @param memoryBytes limit of one copy, or 0 if there is none
   */
  public record Running(
      String key, String active, Optional<String> standby, PodSpec pod, long memoryBytes) {}

  /**
   * Seats for all workloads. A standby stays where it is as long as its node is able; the others
   * are chosen by {@link Placement}, so that nodes have few neighbours and memory is spread.
   *
   * @param nodes with an agent, in any order
   */
  public static SortedMap<String, Seats> choose(List<Node> nodes, List<Running> workloads) {
    SortedMap<String, Seats> seats = new TreeMap<>();
    List<Node> ready =
        nodes.stream()
            .filter(Suitability::isReady)
            .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
            .toList();
    if (ready.stream().filter(node -> !isWitness(node)).count() < 2) {
      workloads.forEach(
          w -> seats.put(w.key(), new Seats(w.active(), Optional.empty(), Optional.empty())));
      return seats;
    }
    Placement placement =
        new Placement(
            ready.stream()
                .map(node -> new Host(node.getMetadata().getName(), isWitness(node)))
                .toList());
    List<Running> settledFirst = new ArrayList<>(workloads);
    settledFirst.sort(
        Comparator.comparing((Running w) -> !settled(w, ready)).thenComparing(Running::key));
    for (Running workload : settledFirst) {
      List<String> able =
          settled(workload, ready) ? workload.standby().stream().toList() : able(workload, ready);
      List<String> group = placement.placeBeside(workload.active(), able, workload.memoryBytes());
      seats.put(workload.key(), new Seats(workload.active(), nth(group, 1), nth(group, 2)));
    }
    return seats;
  }

  private static Optional<String> nth(List<String> group, int index) {
    return index < group.size() ? Optional.of(group.get(index)) : Optional.empty();
  }

  private static boolean settled(Running workload, List<Node> ready) {
    return workload
        .standby()
        .filter(node -> !node.equals(workload.active()))
        .filter(able(workload, ready)::contains)
        .isPresent();
  }

  private static List<String> able(Running workload, List<Node> ready) {
    return ready.stream()
        .filter(node -> !isWitness(node) && Suitability.mayRun(workload.pod(), node))
        .map(node -> node.getMetadata().getName())
        .toList();
  }

  static boolean isWitness(Node node) {
    Map<String, String> labels = Suitability.labels(node);
    return "true".equals(labels.get(Marks.WITNESS));
  }
}
