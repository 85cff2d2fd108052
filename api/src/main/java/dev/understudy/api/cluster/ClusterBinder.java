// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.api.cluster.Cluster.Preference;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a whole cluster file from its tree of values. */
final class ClusterBinder {
  static final int WORKLOADS_MOST = 64;
  static final Network DEFAULT_NETWORK = new Network(0x0a4d0000, 24);

  private final HostFiles files;

  private ClusterBinder(HostFiles files) {
    this.files = files;
  }

  /**
   * The cluster, if nothing is wrong with it.
   *
   * @param files how to look at the files that it names
   */
  static Optional<Cluster> bind(YamlValue root, HostFiles files) {
    return root.object().flatMap(new ClusterBinder(files)::cluster);
  }

  private Optional<Cluster> cluster(YamlObject top) {
    Optional<String> name =
        top.required("cluster", "a name such as cluster: demo").flatMap(Names::read);
    Optional<YamlValue> ownNetwork = top.optional("network");
    Optional<Network> network =
        ownNetwork.isPresent()
            ? Addresses.readNetwork(ownNetwork.get())
            : Optional.of(DEFAULT_NETWORK);
    Optional<YamlValue> ownTiming = top.optional("timing");
    Optional<Timing> timing =
        ownTiming.isPresent() ? TimingBinder.bind(ownTiming.get()) : Optional.of(Timing.STANDARD);
    Optional<YamlValue> ownTakeovers = top.optional("takeoversAtOnce");
    Optional<Long> takeovers =
        ownTakeovers.isPresent()
            ? ownTakeovers.get().number(1, WORKLOADS_MOST)
            : Optional.of((long) Cluster.TAKEOVERS_USUAL);
    Optional<YamlValue> ownPrefer = top.optional("prefer");
    Optional<Preference> prefer = ownPrefer.flatMap(v -> v.choice(Preference.values()));
    Addresses addresses = new Addresses(network);
    Optional<YamlValue> nodesValue = top.required("nodes", "a list of nodes, each with a name");
    Optional<List<NodeSpec>> nodes = nodesValue.flatMap(new NodesBinder(addresses)::bind);
    nodes.ifPresent(sound -> checkPreference(nodesValue.orElseThrow(), sound, ownPrefer));
    WorkloadBinder binder = new WorkloadBinder(files, addresses, nodes);
    Optional<List<WorkloadSpec>> workloads =
        top.required("workloads", "a list of workloads, or workloads: []")
            .flatMap(value -> workloads(value, binder));
    top.refuseUnknownKeys();
    if (top.self().problems().count() > 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Cluster(
            name.orElseThrow(),
            network.orElseThrow(),
            timing.orElseThrow(),
            Math.toIntExact(takeovers.orElseThrow()),
            prefer,
            List.copyOf(nodes.orElseThrow()),
            List.copyOf(workloads.orElseThrow())));
  }

  private static Optional<List<WorkloadSpec>> workloads(YamlValue value, WorkloadBinder binder) {
    Optional<List<YamlValue>> items = value.list();
    if (items.isPresent() && items.get().size() > WORKLOADS_MOST) {
      value.refuse(items.get().size() + " workloads are too many; write at most " + WORKLOADS_MOST);
    }
    return items.map(all -> {
      List<WorkloadSpec> workloads = new ArrayList<>();
      for (YamlValue item : all.subList(0, Math.min(all.size(), WORKLOADS_MOST))) {
        item.object().flatMap(binder::bind).ifPresent(workloads::add);
      }
      return workloads;
    });
  }

  /**
   * Two nodes have no majority, so a person decides what they do alone; others need no such key.
   */
  private static void checkPreference(
      YamlValue nodesValue, List<NodeSpec> nodes, Optional<YamlValue> prefer) {
    if (nodes.size() == 2 && prefer.isEmpty()) {
      nodesValue.refuseAt(
          "prefer",
          "is missing; two nodes have no majority: write prefer: consistency (wait for a release"
              + " or a confirmed fence) or prefer: availability (two actives are possible), or add"
              + " a node with witness: true");
    }
    if (nodes.size() != 2 && prefer.isPresent()) {
      prefer
          .get()
          .refuse(
              "is for a cluster of two nodes; this one has "
                  + nodes.size()
                  + " and decides by majority; remove the key");
    }
  }
}
