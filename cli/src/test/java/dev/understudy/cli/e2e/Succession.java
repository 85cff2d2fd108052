// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import dev.understudy.lab.kubernetes.KubernetesLab;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Deployment in a namespace of its own, by kubectl, and a watch over every Pod there. */
final class Succession implements AutoCloseable {
  private static final String SPACE = "succession";
  private static final String DEPLOYMENT = "count";

  private final KubernetesLab lab;
  private final Path seen;
  private final Process watch;

  Succession(KubernetesLab lab, Path folder) throws Exception {
    this.lab = lab;
    seen = folder.resolve("pods.seen");
    List<String> command =
        lab.kubectlCommand(List.of("get", "pods", "-n", SPACE, "--watch", "-o=name"));
    watch = new ProcessBuilder(command).redirectOutput(seen.toFile()).start();
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

  @Override
  public void close() {
    watch.destroy();
  }
}
