// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.resource.FailoverPolicy;
import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.TargetSpec;
import dev.understudy.operator.wish.Decision;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which policy is about which Deployment. */
final class Targets {
  /** The name of the index of policies by {@link #key}. */
  static final String INDEX = "target";

  static final Map<String, Function<FailoverPolicy, List<String>>> INDEXERS =
      Map.of(INDEX, policy -> target(policy).map(Targets::key).stream().toList());

  private Targets() {}

  /** The Deployment that a policy names; empty when it names none. */
  static Optional<ResourceID> target(FailoverPolicy policy) {
    @Nullable FailoverPolicySpec spec = policy.getSpec();
    return Optional.ofNullable(spec)
        .flatMap(s -> Optional.ofNullable(s.target()))
        .map(TargetSpec::name)
        .map(name -> new ResourceID(name, policy.getMetadata().getNamespace()));
  }

  static String key(ResourceID deployment) {
    return deployment.getNamespace().orElse("") + "/" + deployment.getName();
  }

  static String key(HasMetadata deployment) {
    return key(ResourceID.fromResource(deployment));
  }

  static List<Decision.Candidate> candidates(List<FailoverPolicy> policies) {
    return policies.stream()
        .filter(policy -> policy.getMetadata().getDeletionTimestamp() == null)
        .map(policy ->
            new Decision.Candidate(
                policy.getMetadata().getName(),
                policy.getMetadata().getCreationTimestamp(),
                policy.getSpec()))
        .toList();
  }

  /** Whether something changed that is read: annotations, or what was asked of Kubernetes. */
  static boolean changed(HasMetadata now, HasMetadata before) {
    return !annotations(now).equals(annotations(before))
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration());
  }

  static Map<String, String> annotations(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of());
  }
}
