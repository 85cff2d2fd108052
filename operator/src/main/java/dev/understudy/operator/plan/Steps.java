// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.operator.plan.StandbyPod.Exchange;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * From what is observed to what to do next. Each plan is what can be done now; when that has been
 * observed, the next one follows. Steps that were done are not planned again, so a plan may be
 * carried out by an operator that has just started.
 *
 * <p>After a failover the promoted Pod takes its place in the ReplicaSet without a third Pod ever
 * starting: the set counts Pods, so it must own the promoted one before the old one ends; and when
 * it then has two, it must prefer to delete the old one. It compares, in this order, whether Pods
 * are assigned and running, whether they are Ready, and their deletion costs; so the promoted Pod
 * is Ready, and the dearest, before it is relabelled.
 */
public final class Steps {
  private final Observation seen;

  private Steps(Observation seen) {
    this.seen = seen;
  }

  /**
   * What to do for a Deployment.
   *
   * @param standbyNode where its standby Pod belongs; empty when none is wanted or no node is able
   * @param holderImage for {@link StandbyPod}
   */
  public static List<Step> next(
      Observation seen, Optional<String> standbyNode, Exchange exchange, String holderImage) {
    return new Steps(seen).plan(standbyNode, exchange, holderImage);
  }

  private List<Step> plan(Optional<String> node, Exchange exchange, String holderImage) {
    if (seen.deployment().getMetadata().getDeletionTimestamp() != null) {
      // Owner references take standby Pods away with it.
      return List.of();
    }
    Optional<Pod> serving = seen.serving();
    if (serving.isEmpty()) {
      return List.of(
          new Step.Wait(
              seen.active().isPresent()
                  ? "the Pod that the agents call active has not been seen yet"
                  : "no single Pod serves"));
    }
    Pod active = serving.get();
    Optional<ReplicaSet> set =
        seen.isStandby(active)
            ? seen.revision(Observation.labels(active).getOrDefault(Marks.REVISION, ""))
            : seen.set(active).or(() -> byLabel(active));
    if (set.isEmpty()) {
      return List.of(new Step.Wait("the ReplicaSet of " + Observation.name(active) + " is gone"));
    }
    List<Step> succession = succession(active, set.get());
    return succession.isEmpty()
        ? standby(active, set.get(), node, exchange, holderImage)
        : succession;
  }

  private Optional<ReplicaSet> byLabel(Pod pod) {
    return seen.revision(Observation.labels(pod).getOrDefault(Marks.TEMPLATE_HASH, ""));
  }

  /** What makes the serving Pod the only one of its set; empty when it is. */
  private List<Step> succession(Pod active, ReplicaSet set) {
    List<Pod> others =
        seen.pods().stream()
            .filter(p -> !Observation.uid(p).equals(Observation.uid(active)))
            .filter(p -> seen.set(p).filter(s -> s.equals(set)).isPresent())
            .filter(p -> !Observation.isOver(p))
            .toList();
    boolean owned = seen.set(active).isPresent();
    if (owned && others.isEmpty()) {
      return List.of();
    }
    if (!owned && !seen.isStandby(active)) {
      return List.of(new Step.Wait("the ReplicaSet has not adopted " + Observation.name(active)));
    }
    if (!owned) {
      return promotion(active, set, others);
    }
    // A rollout or a scale-up makes Pods of one set too; only a former standby has this cost.
    return isDearest(active) ? endings(others) : List.of();
  }

  private List<Step> promotion(Pod promoted, ReplicaSet set, List<Pod> others) {
    if (!Observation.isReady(promoted)) {
      return List.of(new Step.Wait(Observation.name(promoted) + " is not Ready yet"));
    }
    if (Optional.ofNullable(set.getSpec().getReplicas()).orElse(1) == 0 && laterServes(set)) {
      return List.of(delete(promoted, OptionalLong.empty(), "a later revision serves"));
    }
    if (Optional.ofNullable(set.getSpec().getReplicas()).orElse(1) == 0) {
      return List.of(
          new Step.Wait(
              "ReplicaSet %s wants no Pod: it would delete %s"
                  .formatted(set.getMetadata().getName(), Observation.name(promoted))));
    }
    List<Step> costs = new ArrayList<>();
    cost(promoted, Marks.HIGHEST_COST).ifPresent(costs::add);
    others.stream()
        .filter(p -> !Observation.isEnding(p))
        .forEach(p -> cost(p, Marks.LOWEST_COST).ifPresent(costs::add));
    if (!costs.isEmpty()) {
      return costs;
    }
    Map<String, String> labels =
        new TreeMap<>(set.getSpec().getTemplate().getMetadata().getLabels());
    labels.put(Marks.TEMPLATE_HASH, StandbyPod.revision(set));
    return List.of(new Step.Relabel(Observation.name(promoted), Observation.uid(promoted), labels));
  }

  /** Whether a Pod of another set, one that is wanted, is Ready. */
  private boolean laterServes(ReplicaSet former) {
    return seen.pods().stream()
        .filter(Observation::isReady)
        .flatMap(pod -> seen.set(pod).stream())
        .filter(set -> !set.equals(former))
        .anyMatch(set -> Optional.ofNullable(set.getSpec().getReplicas()).orElse(0) > 0);
  }

  private static boolean isDearest(Pod pod) {
    return Marks.HIGHEST_COST.equals(costOf(pod));
  }

  private static String costOf(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getAnnotations())
        .map(all -> all.get(Marks.DELETION_COST))
        .orElse("");
  }

  private static Optional<Step> cost(Pod pod, String cost) {
    return costOf(pod).equals(cost)
        ? Optional.empty()
        : Optional.of(new Step.SetDeletionCost(Observation.name(pod), Observation.uid(pod), cost));
  }

  /** The old Pod goes; at once where its node is known to run it no more. */
  private List<Step> endings(List<Pod> others) {
    List<Step> steps = new ArrayList<>();
    for (Pod old : others) {
      boolean fenced =
          Optional.ofNullable(old.getSpec().getNodeName())
              .filter(seen.fenced()::contains)
              .isPresent();
      String why = "another Pod has taken over";
      if (fenced) {
        steps.add(delete(old, OptionalLong.of(0), why));
      } else if (!Observation.isEnding(old)) {
        steps.add(delete(old, OptionalLong.empty(), why));
      } else {
        steps.add(new Step.Wait(Observation.name(old) + " is ending"));
      }
    }
    return steps;
  }

  private static Step delete(Pod pod, OptionalLong graceSeconds, String why) {
    return new Step.Delete(Observation.name(pod), Observation.uid(pod), graceSeconds, why);
  }

  /** One standby Pod of the serving revision on its node; a new one before an old one goes. */
  private List<Step> standby(
      Pod active, ReplicaSet set, Optional<String> node, Exchange exchange, String holderImage) {
    List<Pod> standbys = seen.pods().stream().filter(seen::isStandby).toList();
    Optional<Pod> wanted =
        node.filter(n -> !n.equals(active.getSpec().getNodeName()))
            .map(n -> StandbyPod.of(seen.deployment(), set, n, exchange, holderImage));
    Optional<Pod> there =
        wanted.flatMap(w ->
            standbys.stream()
                .filter(p -> Observation.name(p).equals(Observation.name(w)))
                .findFirst());
    boolean works =
        there.filter(p -> !Observation.isEnding(p) && !Observation.isOver(p)).isPresent();
    boolean runs = works && there.filter(Steps::isRunning).isPresent();
    List<Step> steps = new ArrayList<>();
    if (wanted.isPresent() && there.isEmpty()) {
      steps.add(new Step.Create(wanted.get()));
    }
    for (Pod pod : standbys) {
      boolean itself =
          there.filter(t -> Observation.uid(t).equals(Observation.uid(pod))).isPresent();
      boolean sameRevision =
          Objects.equals(Observation.labels(pod).get(Marks.REVISION), StandbyPod.revision(set));
      boolean useful = !Observation.isOver(pod) && sameRevision && wanted.isPresent();
      boolean stays = itself ? works : useful && !runs;
      if (!stays && !Observation.isEnding(pod)) {
        steps.add(delete(pod, OptionalLong.empty(), "another standby Pod is wanted, or none"));
      }
    }
    return steps;
  }

  private static boolean isRunning(Pod pod) {
    return pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase());
  }
}
