// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.api.cluster.WorkloadSpec.WithoutQuorum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Reads a workload's key {@code nodes}: the group that runs it and votes on it. */
final class GroupBinder {
  private final Optional<List<NodeSpec>> clusterNodes;

  /**
   * @param clusterNodes the cluster's nodes, empty when something is wrong with them: then nothing
   *     is said about groups
   */
  GroupBinder(Optional<List<NodeSpec>> clusterNodes) {
    this.clusterNodes = clusterNodes;
  }

  /** The names of the workload's nodes, best first; meaningless once a problem was reported. */
  List<String> bind(YamlObject object) {
    Optional<YamlValue> own = object.optional("nodes");
    Optional<List<YamlValue>> items = own.flatMap(YamlValue::list);
    if (clusterNodes.isEmpty() || (own.isPresent() && items.isEmpty())) {
      return List.of();
    }
    List<NodeSpec> all = clusterNodes.get();
    List<NodeSpec> group = items.map(wanted -> chosen(wanted, all)).orElse(all);
    if (items.isEmpty() || group.size() == items.get().size()) {
      checkGroup(own.orElse(object.self()), object.self().path() + ".nodes", group, all.size());
    }
    return group.stream().map(NodeSpec::name).toList();
  }

  /** The key {@code withoutQuorum} of a workload with those nodes, as {@link #bind} gave them. */
  WithoutQuorum withoutQuorum(YamlObject object, List<String> nodes) {
    Optional<YamlValue> own = object.optional("withoutQuorum");
    Optional<WithoutQuorum> chosen = own.flatMap(v -> v.choice(WithoutQuorum.values()));
    if (chosen.isPresent() && nodes.size() == 2) {
      own.get()
          .refuse(
              "is for a workload of three nodes or more; two follow the key prefer of the cluster;"
                  + " remove the key");
    }
    return chosen.orElse(WithoutQuorum.FREEZE);
  }

  private static List<NodeSpec> chosen(List<YamlValue> wanted, List<NodeSpec> all) {
    SequencedMap<String, NodeSpec> byName = new LinkedHashMap<>();
    all.forEach(node -> byName.put(node.name(), node));
    List<NodeSpec> chosen = new ArrayList<>();
    for (YamlValue item : wanted) {
      String name = item.text().orElse("");
      NodeSpec node = byName.get(name);
      if (node == null && item.isText()) {
        item.refuseWord("is not a node of this cluster", name, List.copyOf(byName.keySet()));
      } else if (node != null && chosen.contains(node)) {
        item.refuse(Words.quoted(name) + " comes twice; remove one of the two");
      } else if (node != null) {
        chosen.add(node);
      }
    }
    return chosen;
  }

  /** A workload needs somewhere to go, and voters that cannot be split into halves. */
  private static void checkGroup(
      YamlValue place, String path, List<NodeSpec> group, int clusterSize) {
    long runners = group.stream().filter(node -> !node.witnessOnly()).count();
    String members = String.join(", ", group.stream().map(NodeSpec::name).toList());
    if (group.isEmpty()) {
      place.refuseAt(path, "is empty; name nodes, or leave the key out to use all");
    } else if (runners < 2) {
      place.refuseAt(
          path,
          "only "
              + runners
              + " of its nodes ("
              + members
              + ") can run it, so none can take over; write at least 2 that are not witnesses");
    } else if (group.size() % 2 == 0 && clusterSize > 2) {
      place.refuseAt(
          path,
          "its "
              + group.size()
              + " voters ("
              + members
              + ") can split into halves without a majority; add a node with witness: true, or"
              + " name an odd number of nodes");
    }
  }
}
