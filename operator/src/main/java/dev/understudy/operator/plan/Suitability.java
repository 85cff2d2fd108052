// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a Pod may run on a node, by what its template and the node say. */
final class Suitability {
  private static final String NAME = "metadata.name";

  private Suitability() {}

  static boolean isReady(Node node) {
    return node.getStatus() != null
        && list(node.getStatus().getConditions()).stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** Whether the scheduler could put it there, as far as labels and taints go. */
  static boolean mayRun(PodSpec pod, Node node) {
    boolean open =
        node.getSpec() == null || !Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    return open && selects(pod, node) && tolerates(pod, node);
  }

  private static boolean tolerates(PodSpec pod, Node node) {
    List<Taint> taints = node.getSpec() == null ? List.of() : list(node.getSpec().getTaints());
    return taints.stream()
        .filter(taint -> !taint.getEffect().equals("PreferNoSchedule"))
        .allMatch(t -> list(pod.getTolerations()).stream().anyMatch(o -> tolerates(o, t)));
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect =
        isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
    boolean exists = "Exists".equals(toleration.getOperator());
    if (isEmpty(toleration.getKey())) {
      return effect && exists;
    }
    boolean value = exists || text(toleration.getValue()).equals(text(taint.getValue()));
    return effect && toleration.getKey().equals(taint.getKey()) && value;
  }

  private static boolean selects(PodSpec pod, Node node) {
    Map<String, String> labels = labels(node);
    boolean simple =
        Optional.ofNullable(pod.getNodeSelector()).orElse(Map.of()).entrySet().stream()
            .allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
    Optional<NodeSelector> required =
        Optional.ofNullable(pod.getAffinity())
            .map(Affinity::getNodeAffinity)
            .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution);
    return simple
        && required
            .map(r -> r.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, node)))
            .orElse(true);
  }

  /** A term without any requirement matches nothing, as in Kubernetes. */
  private static boolean matches(NodeSelectorTerm term, Node node) {
    List<NodeSelectorRequirement> fields = list(term.getMatchFields());
    List<NodeSelectorRequirement> expressions = list(term.getMatchExpressions());
    Map<String, String> byField = Map.of(NAME, node.getMetadata().getName());
    return !(fields.isEmpty() && expressions.isEmpty())
        && fields.stream().allMatch(r -> matches(r, byField))
        && expressions.stream().allMatch(r -> matches(r, labels(node)));
  }

  private static boolean matches(NodeSelectorRequirement wanted, Map<String, String> all) {
    @Nullable String value = all.get(wanted.getKey());
    List<String> values = list(wanted.getValues());
    return switch (wanted.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> value != null && number(value) > number(values.getFirst());
      case "Lt" -> value != null && number(value) < number(values.getFirst());
      // An operator of a newer Kubernetes: to be careful, nothing meets it.
      default -> false;
    };
  }

  private static double number(String text) {
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : Double.NaN;
  }

  static Map<String, String> labels(Node node) {
    return Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
  }

  private static <T> List<T> list(@Nullable List<T> all) {
    return all == null ? new ArrayList<>() : all;
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  private static String text(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }
}
