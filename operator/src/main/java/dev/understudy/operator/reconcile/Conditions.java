// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.plan.Fitness;
import dev.understudy.operator.plan.Progress;
import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.FailoverPolicyStatus;
import dev.understudy.operator.resource.PolicyCondition;
import dev.understudy.operator.wish.Decision;
import dev.understudy.operator.wish.Policies;
import dev.understudy.operator.wish.Protection;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The status of a policy. */
public final class Conditions {
  static final String ACCEPTED = "Accepted";
  static final String TARGET_FOUND = "TargetFound";
  static final String TARGET_FITS = "TargetFits";
  static final String PROTECTED = "Protected";

  private Conditions() {}

  /**
   * What the operator sees when it looks at a policy.
   *
   * @param name of the policy
   * @param generation of its spec
   * @param siblings all policies with the same target, itself included
   * @param target empty when there is no such Deployment
   * @param progress how far its protection is; empty while nobody acts for it
   */
  public record View(
      String name,
      long generation,
      @Nullable FailoverPolicySpec spec,
      List<Decision.Candidate> siblings,
      Optional<Deployment> target,
      Optional<Progress> progress) {}

  /**
   * The new status.
   *
   * @param before the present one, whose times are kept where nothing changes
   * @param now RFC 3339
   */
  public static FailoverPolicyStatus of(
      View view, @Nullable FailoverPolicyStatus before, String now) {
    Decision decision =
        Decision.of(view.target().map(Targets::annotations).orElse(Map.of()), view.siblings());
    List<PolicyCondition> conditions = new ArrayList<>();
    Optional<Protection> protection = Optional.empty();
    if (Policies.read(view.spec()) instanceof Wish.Faulty(List<String> faults)) {
      conditions.add(condition(view, ACCEPTED, false, "Invalid", String.join(". ", faults)));
    } else if (!decision.policy().equals(Optional.of(view.name()))) {
      String other = decision.policy().orElseThrow();
      String message = "FailoverPolicy " + other + " has the same target and is older";
      conditions.add(condition(view, ACCEPTED, false, "Conflict", message));
    } else if (decision.wish() instanceof Wish.Asked(var asked, var remarks)) {
      protection = Optional.of(asked);
      List<String> sentences = new ArrayList<>(List.of(asked.sentence()));
      sentences.addAll(remarks);
      conditions.add(condition(view, ACCEPTED, true, "Valid", String.join(". ", sentences)));
    } else {
      throw new IllegalStateException("valid, and counts, but asks for nothing: " + view);
    }
    conditions.add(target(view));
    conditions.add(fits(view, protection));
    if (protection.isPresent()) {
      view.progress()
          .map(p -> condition(view, PROTECTED, p.holds(), p.reason(), p.message()))
          .ifPresent(conditions::add);
    }
    List<PolicyCondition> known =
        before == null || before.conditions() == null ? List.of() : before.conditions();
    return new FailoverPolicyStatus(
        view.generation(),
        protection.map(Protection::sentence).orElse(null),
        conditions.stream().map(c -> timed(c, known, now)).toList());
  }

  private static PolicyCondition target(View view) {
    String name =
        Optional.ofNullable(view.spec())
            .flatMap(spec -> Optional.ofNullable(spec.target()))
            .flatMap(target -> Optional.ofNullable(target.name()))
            .orElse("");
    return view.target().isPresent()
        ? condition(view, TARGET_FOUND, true, "Found", "Deployment " + name + " is there")
        : condition(
            view,
            TARGET_FOUND,
            false,
            "NotFound",
            "there is no Deployment " + name + " in this namespace");
  }

  private static PolicyCondition fits(View view, Optional<Protection> protection) {
    if (view.target().isEmpty() || protection.isEmpty()) {
      String message =
          view.target().isEmpty() ? "there is no Deployment yet" : "the policy is not accepted";
      return new PolicyCondition(
          TARGET_FITS, "Unknown", "NotKnown", message, "", view.generation());
    }
    Fitness fitness = Fitness.of(protection.get(), view.target().get());
    String remarks = String.join(". ", fitness.remarks());
    if (fitness.ladder().equals(protection.get().ladder())) {
      String message = remarks.isEmpty() ? "nothing stands in the way" : remarks;
      return condition(view, TARGET_FITS, true, "Whole", message);
    }
    String reason = fitness.ladder().isEmpty() ? "Impossible" : "Reduced";
    return condition(view, TARGET_FITS, false, reason, remarks);
  }

  private static PolicyCondition condition(
      View view, String type, boolean holds, String reason, String message) {
    return new PolicyCondition(
        type, holds ? "True" : "False", reason, message, "", view.generation());
  }

  private static PolicyCondition timed(
      PolicyCondition fresh, List<PolicyCondition> known, String now) {
    String since =
        known.stream()
            .filter(old -> Objects.equals(old.type(), fresh.type()))
            .filter(old -> Objects.equals(old.status(), fresh.status()))
            .map(PolicyCondition::lastTransitionTime)
            .findFirst()
            .orElse(now);
    return new PolicyCondition(
        fresh.type(),
        fresh.status(),
        fresh.reason(),
        fresh.message(),
        since,
        fresh.observedGeneration());
  }
}
