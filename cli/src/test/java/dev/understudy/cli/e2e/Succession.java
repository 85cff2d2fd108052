// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.operator.plan.Observation;
import dev.understudy.operator.plan.Seats;
import dev.understudy.operator.plan.StandbyPod.Exchange;
import dev.understudy.operator.plan.Step;
import dev.understudy.operator.plan.Steps;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetList;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Carries steps out with kubectl, in a namespace of its own, and watches every Pod of it. */
final class Succession implements AutoCloseable {
  private static final double PATIENCE_SECONDS = 60;
  private static final String SPACE = "succession";
  private static final String DEPLOYMENT = "count";

  private final KubernetesLab lab;
  private final Path seen;
  private final String image;
  private final Process watch;

  Succession(KubernetesLab lab, Path folder, String image) throws Exception {
    this.lab = lab;
    this.image = image;
    seen = folder.resolve("pods.seen");
    List<String> command =
        lab.kubectlCommand(List.of("get", "pods", "-n", SPACE, "--watch", "-o=name"));
    watch = new ProcessBuilder(command).redirectOutput(seen.toFile()).start();
  }

  /** Something that becomes true of the Pods. */
  interface Goal {
    boolean isReached(List<Pod> pods) throws Exception;
  }

  String kubectl(String... arguments) throws Exception {
    List<String> all = Stream.concat(Stream.of("-n", SPACE), Arrays.stream(arguments)).toList();
    return Said.of(lab.kubectlCommand(all), "").must();
  }

  void apply(String yaml) throws Exception {
    String _ = Said.of(lab.kubectlCommand(List.of("-n", SPACE, "apply", "-f", "-")), yaml).must();
  }

  /** Makes the namespace, with that level of Pod Security. */
  void namespace(String level) throws Exception {
    String _ = kubectl("create", "namespace", SPACE);
    String label = "pod-security.kubernetes.io/enforce=" + level;
    String _ = kubectl("label", "namespace", SPACE, label);
  }

  private <T> T get(Class<T> type, String... what) throws Exception {
    String[] words =
        Stream.of(Stream.of("get"), Arrays.stream(what), Stream.of("-o=json"))
            .flatMap(s -> s)
            .toArray(String[]::new);
    return Serialization.unmarshal(kubectl(words), type);
  }

  List<Pod> pods() throws Exception {
    return get(PodList.class, "pods").getItems();
  }

  private Pod pod(String uid) throws Exception {
    return pods().stream()
        .filter(p -> p.getMetadata().getUid().equals(uid))
        .findFirst()
        .orElseThrow();
  }

  List<Pod> standbys() throws Exception {
    return pods().stream()
        .filter(p -> p.getMetadata().getLabels().containsKey("understudy.dev/standby-of"))
        .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  Pod serving() throws Exception {
    return pods().stream()
        .filter(p -> DEPLOYMENT.equals(p.getMetadata().getLabels().get("app")))
        .findFirst()
        .orElseThrow();
  }

  boolean isReady(Pod pod) throws Exception {
    return pod(pod.getMetadata().getUid()).getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  void awaitRunning(Pod pod) throws Exception {
    Wait.that(
        pod.getMetadata().getName() + " runs",
        PATIENCE_SECONDS,
        this::evidence,
        () -> "Running".equals(pod(pod.getMetadata().getUid()).getStatus().getPhase()));
  }

  int replicas() throws Exception {
    return get(Deployment.class, "deployment", DEPLOYMENT).getStatus().getReplicas();
  }

  String address(String uid) throws Exception {
    return pod(uid).getStatus().getPodIP();
  }

  int restarts(String uid) throws Exception {
    return pod(uid).getStatus().getContainerStatuses().getFirst().getRestartCount();
  }

  /** The addresses to which the Service leads. */
  Set<String> endpoints() throws Exception {
    String ready =
        kubectl(
            "get",
            "endpointslices",
            "-o=jsonpath={range .items[*].endpoints[?(@.conditions.ready==true)]}"
                + "{.addresses[0]} {end}");
    return Arrays.stream(ready.strip().split(" ", -1))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names of all Pods that the watch has shown. */
  Set<String> everSeen() throws Exception {
    return Files.readAllLines(seen).stream()
        .map(line -> line.replace("pod/", "").strip())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  String evidence() {
    try {
      return kubectl("get", "pods,replicasets,events", "-o=wide");
    } catch (Exception e) {
      return e.toString();
    }
  }

  /** Observes, plans and acts until the goal is reached; what was done. */
  List<Step> settle(Optional<String> active, Set<String> fenced, Goal goal) throws Exception {
    List<Step> done = new ArrayList<>();
    Wait.that(
        "the steps lead where they should",
        PATIENCE_SECONDS,
        () -> done + System.lineSeparator() + evidence(),
        () -> {
          Observation observation = observe(active, fenced);
          for (Step step :
              Steps.next(observation, standbyNode(observation, active), Exchange.BESIDE, image)) {
            carryOut(step);
            if (!(step instanceof Step.Wait)) {
              done.add(step);
            }
          }
          return goal.isReached(pods());
        });
    return done;
  }

  private Observation observe(Optional<String> active, Set<String> fenced) throws Exception {
    Deployment deployment = get(Deployment.class, "deployment", DEPLOYMENT);
    return new Observation(
        deployment, get(ReplicaSetList.class, "replicasets").getItems(), pods(), active, fenced);
  }

  private Optional<String> standbyNode(Observation seen, Optional<String> active) throws Exception {
    Optional<Pod> serving =
        seen.pods().stream()
            .filter(p ->
                active
                    .map(uid -> p.getMetadata().getUid().equals(uid))
                    .orElse("count".equals(p.getMetadata().getLabels().get("app"))))
            .filter(p -> p.getSpec().getNodeName() != null)
            .findFirst();
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> present =
        standbys().stream()
            .filter(p -> !Optional.of(p.getMetadata().getUid()).equals(active))
            .map(p -> p.getSpec().getNodeName())
            .filter(Objects::nonNull)
            .findFirst();
    Seats.Running running =
        new Seats.Running(
            DEPLOYMENT,
            serving.get().getSpec().getNodeName(),
            present,
            seen.deployment().getSpec().getTemplate().getSpec(),
            64L << 20);
    List<Node> nodes =
        get(NodeList.class, "nodes").getItems().stream()
            .filter(node -> !seen.fenced().contains(node.getMetadata().getName()))
            .toList();
    return Objects.requireNonNull(Seats.choose(nodes, List.of(running)).get(DEPLOYMENT)).standby();
  }

  private void carryOut(Step step) throws Exception {
    switch (step) {
      case Step.Wait _ -> {}
      case Step.SetDeletionCost(String pod, String _, String cost) -> {
        String _ =
            kubectl(
                "annotate",
                "pod",
                pod,
                "--overwrite",
                "controller.kubernetes.io/pod-deletion-cost=" + cost);
      }
      case Step.Relabel(String pod, String uid, Map<String, String> labels) -> {
        // The test comes first, so that nothing happens to a namesake.
        String patch =
            Serialization.asJson(
                List.of(
                    Map.of("op", "test", "path", "/metadata/uid", "value", uid),
                    Map.of("op", "replace", "path", "/metadata/labels", "value", labels),
                    Map.of("op", "remove", "path", "/metadata/ownerReferences")));
        String _ = kubectl("patch", "pod", pod, "--type=json", "-p=" + patch);
      }
      case Step.Delete(String pod, String _, var grace, String _) -> {
        String _ =
            grace.isPresent()
                ? kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")
                : kubectl("delete", "pod", pod, "--wait=false");
      }
      case Step.Create(Pod standby) -> apply(Serialization.asYaml(standby));
    }
  }

  @Override
  public void close() {
    watch.destroy();
  }
}
