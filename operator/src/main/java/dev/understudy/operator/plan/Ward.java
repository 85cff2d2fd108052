// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.operator.resource.Strategy;
import dev.understudy.operator.wish.Protection;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment that is protected, or was.
 *
 * @param sets its ReplicaSets
 * @param pods all Pods of these sets, and our standby Pods for the Deployment
 * @param protection what is asked for; empty when nobody asks any more, or wrongly
 * @param door where clients reach it, if there is such a place
 */
public record Ward(
    Deployment deployment,
    List<ReplicaSet> sets,
    List<Pod> pods,
    Optional<Protection> protection,
    Optional<Door> door) {
  public Ward {
    sets = List.copyOf(sets);
    pods = List.copyOf(pods);
  }

  /** Unique, and sorts. */
  public String key() {
    return deployment.getMetadata().getNamespace() + "/" + deployment.getMetadata().getName();
  }

  /** Its name in plans. */
  String workload() {
    return PlanNames.workload(key(), deployment.getMetadata().getName());
  }

  /** Whether a held copy is wanted, and possible. */
  boolean isMirrored() {
    return protection
        .map(p -> Fitness.of(p, deployment).ladder())
        .filter(ladder -> !ladder.isEmpty())
        .map(ladder -> ladder.getFirst() == Strategy.MIRROR)
        .orElse(false);
  }

  /** The uid of the Deployment that it is a standby Pod of, if it is one. */
  public static Optional<String> standbyOf(Pod pod) {
    return Optional.ofNullable(Observation.labels(pod).get(Marks.STANDBY_OF));
  }

  /**
   * Whether a Pod belongs to a Deployment: in a set of it, on the way into one, or waiting.
   *
   * @param sets uids of its ReplicaSets
   * @param controller the uid of what controls the Pod; null for none
   */
  public static boolean isOf(
      Deployment deployment, Set<String> sets, Pod pod, @Nullable String controller) {
    if (controller != null) {
      return sets.contains(controller);
    }
    return standbyOf(pod).filter(deployment.getMetadata().getUid()::equals).isPresent()
        || Observation.labels(pod).entrySet().containsAll(labels(deployment).entrySet());
  }

  private static Map<String, String> labels(Deployment deployment) {
    return Optional.ofNullable(deployment.getSpec().getSelector().getMatchLabels())
        .filter(all -> !all.isEmpty())
        .orElse(Map.of(Marks.STANDBY_OF, deployment.getMetadata().getUid()));
  }

  /** Whether agents have it in their plan. */
  public static boolean isKnown(Fleet fleet, Deployment deployment) {
    String name = deployment.getMetadata().getName();
    String key = deployment.getMetadata().getNamespace() + "/" + name;
    return fleet.word(PlanNames.workload(key, name)).planned().isPresent();
  }
}
