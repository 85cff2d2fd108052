// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A Deployment as a small cluster would treat it: it carries steps out, and plays the ReplicaSet's
 * part by the rules of Kubernetes. It counts every Pod that the set starts.
 */
final class Cluster {
  static final String HOLDER_IMAGE = "x/holder:1";

  final Deployment deployment;
  final ReplicaSet set;
  final List<Pod> pods = new ArrayList<>();
  final Set<String> fenced = new TreeSet<>();
  Optional<String> active = Optional.empty();
  int started;

  Cluster() {
    deployment =
        Serialization.unmarshal(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: count, namespace: default, uid: d1}
            spec:
              replicas: 1
              selector: {matchLabels: {app: count}}
              template:
                metadata:
                  labels: {app: count, team: blue}
                  annotations: {note: hello}
                spec:
                  terminationGracePeriodSeconds: 7
                  securityContext: {runAsUser: 1000}
                  containers:
                  - name: count
                    image: lab/count:1
                    command: [/count]
                    args: [--fast]
                    env: [{name: PORT, value: "8080"}]
                    livenessProbe: {httpGet: {path: /health, port: 8080}}
                    startupProbe: {httpGet: {path: /health, port: 8080}}
                    readinessProbe: {httpGet: {path: /ready, port: 8080}}
                    lifecycle:
                      postStart: {exec: {command: [/hello]}}
                      preStop: {exec: {command: [/bye]}}
                    resources:
                      limits: {memory: 64Mi, cpu: "1"}
                      requests: {memory: 32Mi}
                  - name: side
                    image: lab/side:1
                    livenessProbe: {tcpSocket: {port: 1}}
            """,
            Deployment.class);
    set = set("h1", 1);
  }

  ReplicaSet set(String hash, int replicas) {
    return new ReplicaSetBuilder()
        .withNewMetadata()
        .withName("count-" + hash)
        .withUid("rs-" + hash)
        .addToLabels("app", "count")
        .addToLabels("pod-template-hash", hash)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .addToMatchLabels("app", "count")
        .addToMatchLabels("pod-template-hash", hash)
        .endSelector()
        .withTemplate(deployment.getSpec().getTemplate())
        .endSpec()
        .build();
  }

  /** The uid of the Pod of that name. */
  static String uid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  static Node node(String name) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("kubernetes.io/hostname", name)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  /** A Pod that the set has started. */
  Pod start(String name, String node) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withUid(uid(name))
            .addToLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
            .addToLabels("pod-template-hash", StandbyPod.revision(set))
            .endMetadata()
            .withSpec(deployment.getSpec().getTemplate().getSpec())
            .editOrNewSpec()
            .withNodeName(node)
            .endSpec()
            .build();
    pods.add(adopted(pod));
    started++;
    return ready(name, true);
  }

  private Pod adopted(Pod pod) {
    return new PodBuilder(pod)
        .editMetadata()
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("ReplicaSet")
        .withName(set.getMetadata().getName())
        .withUid(set.getMetadata().getUid())
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .build();
  }

  Pod pod(String name) {
    return pods.stream().filter(p -> Observation.name(p).equals(name)).findFirst().orElseThrow();
  }

  Pod ready(String name, boolean ready) {
    return replace(
        new PodBuilder(pod(name))
            .withNewStatus()
            .withPhase("Running")
            .addNewCondition()
            .withType("Ready")
            .withStatus(ready ? "True" : "False")
            .endCondition()
            .endStatus()
            .build());
  }

  private Pod replace(Pod changed) {
    pods.replaceAll(p -> Observation.uid(p).equals(Observation.uid(changed)) ? changed : p);
    return changed;
  }

  Observation seen() {
    return new Observation(deployment, List.of(set), pods, active, fenced);
  }

  List<Step> next(Optional<String> standbyNode) {
    return Steps.next(seen(), standbyNode, StandbyPod.Exchange.BESIDE, HOLDER_IMAGE);
  }

  /** Does one step, then lets the ReplicaSet do what it does. */
  void carryOut(Step step) {
    switch (step) {
      case Step.Wait _ -> {}
      case Step.SetDeletionCost(String name, String uid, String cost) ->
          replace(
              new PodBuilder(meant(name, uid))
                  .editMetadata()
                  .addToAnnotations("controller.kubernetes.io/pod-deletion-cost", cost)
                  .endMetadata()
                  .build());
      case Step.Relabel(String name, String uid, Map<String, String> labels) ->
          replace(
              new PodBuilder(meant(name, uid))
                  .editMetadata()
                  .withLabels(new HashMap<>(labels))
                  .withOwnerReferences(List.of())
                  .endMetadata()
                  .build());
      case Step.Delete(String name, String uid, OptionalLong grace, String _) -> {
        Pod pod = meant(name, uid);
        if (grace.isPresent() && grace.getAsLong() == 0) {
          pods.remove(pod);
        } else {
          end(pod);
        }
      }
      case Step.Create(Pod standby) ->
          pods.add(
              new PodBuilder(standby)
                  .editMetadata()
                  .withUid(uid(standby.getMetadata().getName()))
                  .endMetadata()
                  .editSpec()
                  .withNodeName(
                      standby
                          .getSpec()
                          .getAffinity()
                          .getNodeAffinity()
                          .getRequiredDuringSchedulingIgnoredDuringExecution()
                          .getNodeSelectorTerms()
                          .getFirst()
                          .getMatchFields()
                          .getFirst()
                          .getValues()
                          .getFirst())
                  .endSpec()
                  .build());
    }
    replicaSet();
  }

  private Pod meant(String name, String uid) {
    Pod pod = pod(name);
    if (!Observation.uid(pod).equals(uid)) {
      throw new IllegalStateException("another Pod has that name: " + name + " " + uid);
    }
    return pod;
  }

  private void end(Pod pod) {
    replace(
        new PodBuilder(pod)
            .editMetadata()
            .withDeletionTimestamp("2026-11-23T00:00:00Z")
            .endMetadata()
            .build());
  }

  /** Adopts what has its labels and no controller, then starts or ends Pods until there is one. */
  private void replicaSet() {
    Map<String, String> selector = set.getSpec().getSelector().getMatchLabels();
    for (Pod pod : List.copyOf(pods)) {
      boolean matches = Observation.labels(pod).entrySet().containsAll(selector.entrySet());
      if (matches && Observation.controller(pod).isEmpty() && !Observation.isEnding(pod)) {
        replace(adopted(pod));
      }
    }
    List<Pod> own =
        pods.stream()
            .filter(p -> Observation.controller(p).equals(Optional.of(set.getMetadata().getUid())))
            .filter(p -> !Observation.isEnding(p))
            .toList();
    if (own.isEmpty()) {
      start("count-third-" + started, "n3");
    } else if (own.size() > 1) {
      own.stream().min((a, b) -> Long.compare(worth(a), worth(b))).ifPresent(this::end);
    }
  }

  /** Ready comes before cost, as in Kubernetes. */
  private static long worth(Pod pod) {
    String cost =
        Optional.ofNullable(pod.getMetadata().getAnnotations())
            .map(all -> all.get("controller.kubernetes.io/pod-deletion-cost"))
            .orElse("0");
    return (Observation.isReady(pod) ? 1L << 40 : 0) + Long.parseLong(cost);
  }
}
