// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.operator.resource.Strategy;
import dev.understudy.operator.wish.Protection;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a wished-for ladder a Deployment can climb.
 *
 * @param ladder what is left of it; empty when it cannot be protected at all
 * @param remarks why the rest was taken away, and what else to know, a sentence each
 */
public record Fitness(List<Strategy> ladder, List<String> remarks) {
  /** Looks at replicas, containers and volumes. */
  public static Fitness of(Protection protection, Deployment deployment) {
    List<String> remarks = new ArrayList<>();
    int replicas = Optional.ofNullable(deployment.getSpec().getReplicas()).orElse(1);
    if (replicas > 1) {
      remarks.add(
          "the Deployment has %d replicas; only programs that run once are protected"
              .formatted(replicas));
      return new Fitness(List.of(), remarks);
    }
    PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    List<Strategy> ladder = new ArrayList<>(protection.ladder());
    boolean checkpoints = ladder.stream().anyMatch(Strategy::takesCheckpoints);
    if (checkpoints) {
      List<String> reasons = againstCheckpoints(pod);
      if (!reasons.isEmpty()) {
        ladder.removeIf(Strategy::takesCheckpoints);
        remarks.add(
            "no checkpoints, so %s: %s"
                .formatted(ladder.getFirst().text(), String.join(", ", reasons)));
      }
    }
    if (pod.getContainers().size() > 1) {
      remarks.add(
          "container %s is protected, the others start anew"
              .formatted(pod.getContainers().getFirst().getName()));
    }
    return new Fitness(List.copyOf(ladder), remarks);
  }

  private static List<String> againstCheckpoints(PodSpec pod) {
    List<String> reasons = new ArrayList<>();
    Container main = pod.getContainers().getFirst();
    for (Volume volume : Optional.ofNullable(pod.getVolumes()).orElse(List.of())) {
      boolean written =
          Optional.ofNullable(main.getVolumeMounts()).orElse(List.of()).stream()
              .filter(mount -> mount.getName().equals(volume.getName()))
              .anyMatch(Fitness::isWritable);
      if (written && keepsData(volume)) {
        reasons.add("volume " + volume.getName() + " can be written to and is not copied");
      }
    }
    if (Boolean.TRUE.equals(pod.getHostPID()) || Boolean.TRUE.equals(pod.getHostIPC())) {
      reasons.add("the Pod shares processes or memory with its node");
    }
    if (Boolean.TRUE.equals(pod.getShareProcessNamespace())) {
      reasons.add("its containers share their processes");
    }
    if (Boolean.TRUE.equals(main.getTty())) {
      reasons.add("container " + main.getName() + " has a terminal");
    }
    return reasons;
  }

  private static boolean isWritable(VolumeMount mount) {
    return !Boolean.TRUE.equals(mount.getReadOnly());
  }

  /** Everything but what the kubelet fills, and a program cannot change. */
  private static boolean keepsData(Volume volume) {
    return volume.getConfigMap() == null
        && volume.getSecret() == null
        && volume.getProjected() == null
        && volume.getDownwardAPI() == null;
  }
}
