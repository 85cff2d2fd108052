// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The agents as they were seen last.
 *
 * @param addresses of all nodes, by name, IPv4
 * @param members the nodes whose agent has answered of late, by name
 */
public record Fleet(SortedMap<String, Integer> addresses, SortedMap<String, Member> members) {
  private static final Pattern EPOCH = Pattern.compile("([0-9]{1,18})@.*");

  /**
   * One agent.
   *
   * @param plan what it had when it answered last
   * @param cluster the same, read; empty where it has none
   * @param status how it saw its node, if it answered just now and goes by its plan
   * @param answers whether it answered just now
   */
  public record Member(
      AgentPlan plan, Optional<Cluster> cluster, Optional<NodeStatus> status, boolean answers) {}

  /**
   * What the agents say of a workload.
   *
   * @param planned what they go by; empty when they do not know it
   * @param active the uid of the Pod that serves; empty when they have not said
   * @param leader how the active sees it, if that answers
   * @param fenced names of nodes that the active does not hear, and that do not answer: what their
   *     Pods send is stopped, as the active was elected after the lease of the former had ended
   */
  public record Word(
      Optional<WorkloadSpec> planned,
      Optional<String> active,
      Optional<WorkloadStatus> leader,
      Set<String> fenced) {
    /** Nobody knows of it. */
    static final Word NONE =
        new Word(Optional.empty(), Optional.empty(), Optional.empty(), Set.of());
  }

  private record Said(String by, NodeStatus status, WorkloadStatus row) {}

  public Fleet {
    addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** The newest plan that any of them has. */
  public AgentPlan newest() {
    return members.values().stream()
        .map(Member::plan)
        .max(Comparator.comparingLong(AgentPlan::revision))
        .orElse(AgentPlan.NONE);
  }

  /** The same, read. */
  Optional<Cluster> current() {
    AgentPlan newest = newest();
    return members.values().stream()
        .filter(member -> member.plan().equals(newest))
        .flatMap(member -> member.cluster().stream())
        .findFirst();
  }

  /** What they say of a workload; nothing about who serves it unless a majority of it answers. */
  Word word(String workload) {
    Optional<Cluster> current = current();
    Optional<WorkloadSpec> planned = current.flatMap(c -> c.workload(workload));
    if (planned.isEmpty()) {
      return Word.NONE;
    }
    AgentPlan newest = newest();
    TreeMap<String, Said> said = new TreeMap<>();
    members.values().stream()
        .filter(member -> member.plan().equals(newest))
        .flatMap(member -> member.status().stream())
        .forEach(status ->
            status.workloads().stream()
                .filter(row -> row.name().equals(workload))
                .forEach(row -> said.put(status.node(), new Said(status.node(), status, row))));
    Optional<Said> best =
        said.values().stream()
            .filter(one -> !one.row().activeNode().isEmpty())
            .max(Comparator.comparingLong(one -> counter(one.row().epoch())));
    if (2 * said.size() <= planned.get().nodes().size() || best.isEmpty()) {
      return new Word(planned, Optional.empty(), Optional.empty(), Set.of());
    }
    String node = best.get().row().activeNode();
    Optional<String> active =
        planned
            .get()
            .pods()
            .flatMap(p -> Optional.ofNullable(p.byNode().get(node)))
            .map(p -> p.uid());
    Optional<Said> leader =
        Optional.ofNullable(said.get(node)).filter(one -> one.row().role().equals("active"));
    Set<String> fenced = new TreeSet<>();
    leader.ifPresent(one ->
        planned.get().nodes().stream()
            .filter(n -> !n.equals(node) && !said.containsKey(n))
            .filter(n -> !one.status().peersHeard().contains(n))
            .forEach(n -> fenced.add(nodeName(current.get(), n))));
    return new Word(planned, active, leader.map(Said::row), fenced);
  }

  private static long counter(String epoch) {
    Matcher matcher = EPOCH.matcher(epoch);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** What Kubernetes calls a node of a plan. */
  private String nodeName(Cluster plan, String name) {
    int address = plan.node(name).map(NodeSpec::address).orElse(0);
    return addresses.entrySet().stream()
        .filter(entry -> entry.getValue() == address)
        .map(java.util.Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }
}
