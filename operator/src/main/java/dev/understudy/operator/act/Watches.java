// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.act;

import dev.understudy.api.cluster.Ipv4;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the API server shows, kept up to date by it: Nodes, and Pods, their sets and Services. */
final class Watches implements AutoCloseable {
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<ReplicaSet> sets;
  private final SharedIndexInformer<Service> services;

  private Watches(
      SharedIndexInformer<Node> nodes,
      SharedIndexInformer<Pod> pods,
      SharedIndexInformer<ReplicaSet> sets,
      SharedIndexInformer<Service> services) {
    this.nodes = nodes;
    this.pods = pods;
    this.sets = sets;
    this.services = services;
  }

  /**
   * Returns when everything is known.
   *
   * @param namespace the only one to look at, if there is such
   * @param news called when Pods or their sets change, on a thread of the client's
   */
  static Watches open(KubernetesClient client, Optional<String> namespace, Runnable news) {
    return new Watches(
        client.nodes().inform(),
        within(client.pods(), namespace).inform(new Bell<>(news)),
        within(client.apps().replicaSets(), namespace).inform(new Bell<>(news)),
        within(client.services(), namespace).inform());
  }

  private static <T extends HasMetadata, L extends KubernetesResourceList<T>, R extends Resource<T>>
      FilterWatchListDeletable<T, L, R> within(
          MixedOperation<T, L, R> all, Optional<String> namespace) {
    return namespace.isPresent() ? all.inNamespace(namespace.get()) : all.inAnyNamespace();
  }

  private record Bell<T>(Runnable news) implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      news.run();
    }

    @Override
    public void onUpdate(T before, T now) {
      news.run();
    }

    @Override
    public void onDelete(T object, boolean unseen) {
      news.run();
    }
  }

  List<Node> nodes() {
    return nodes.getStore().list();
  }

  List<Pod> pods() {
    return pods.getStore().list();
  }

  /** Those that a Deployment controls. */
  List<ReplicaSet> sets(String deploymentUid) {
    return sets.getStore().list().stream()
        .filter(set -> deploymentUid.equals(controller(set)))
        .toList();
  }

  List<Service> services(String namespace) {
    return services.getStore().list().stream()
        .filter(service -> namespace.equals(service.getMetadata().getNamespace()))
        .toList();
  }

  /** The uid of what controls it. */
  static @Nullable String controller(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse(null);
  }

  /** The first IPv4 address of each node that its Pods' neighbours would use. */
  SortedMap<String, Integer> addresses() {
    SortedMap<String, Integer> all = new TreeMap<>();
    for (Node node : nodes()) {
      Optional.ofNullable(node.getStatus().getAddresses()).orElse(List.of()).stream()
          .filter(address -> address.getType().equals("InternalIP"))
          .map(NodeAddress::getAddress)
          .map(Ipv4::parse)
          .filter(OptionalInt::isPresent)
          .findFirst()
          .ifPresent(address -> all.put(node.getMetadata().getName(), address.getAsInt()));
    }
    return all;
  }

  @Override
  public void close() {
    List.of(nodes, pods, sets, services).forEach(SharedIndexInformer::stop);
  }
}
