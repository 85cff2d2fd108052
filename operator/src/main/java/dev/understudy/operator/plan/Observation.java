// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of one protected Deployment.
 *
 * @param sets its ReplicaSets
 * @param pods all Pods of these sets, and our standby Pods for the Deployment
 * @param active the uid of the Pod that serves, as the agents say; empty when they have not said
 * @param fenced names of the nodes that cannot run a former copy any more, as the agents say
 */
public record Observation(
    Deployment deployment,
    List<ReplicaSet> sets,
    List<Pod> pods,
    Optional<String> active,
    Set<String> fenced) {
  public Observation {
    sets = List.copyOf(sets);
    pods = List.copyOf(pods);
    fenced = Set.copyOf(fenced);
  }

  /** The Pod that serves: the agents' word; else the one Pod of the sets that is Ready. */
  Optional<Pod> serving() {
    if (active.isPresent()) {
      return pods.stream().filter(pod -> uid(pod).equals(active.get())).findFirst();
    }
    List<Pod> ready = pods.stream().filter(p -> set(p).isPresent() && isReady(p)).toList();
    return ready.size() == 1 ? Optional.of(ready.getFirst()) : Optional.empty();
  }

  /** The set that controls a Pod. */
  Optional<ReplicaSet> set(Pod pod) {
    return controller(pod)
        .flatMap(uid -> sets.stream().filter(s -> uid(s).equals(uid)).findFirst());
  }

  /** The set of a revision. */
  Optional<ReplicaSet> revision(String hash) {
    return sets.stream().filter(s -> StandbyPod.revision(s).equals(hash)).findFirst();
  }

  /** Whether it is a standby Pod of ours that was not relabelled. */
  boolean isStandby(Pod pod) {
    return deployment.getMetadata().getUid().equals(labels(pod).get(Marks.STANDBY_OF));
  }

  static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }

  private static String uid(ReplicaSet set) {
    return set.getMetadata().getUid();
  }

  static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  static Map<String, String> labels(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
  }

  static Optional<String> controller(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .findFirst();
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getConditions()).orElse(List.of()).stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  static boolean isEnding(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  /** Failed or succeeded: its containers will not run again. */
  static boolean isOver(Pod pod) {
    return pod.getStatus() != null
        && List.of("Failed", "Succeeded").contains(pod.getStatus().getPhase());
  }
}
