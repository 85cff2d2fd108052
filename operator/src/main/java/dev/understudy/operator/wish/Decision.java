// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import dev.understudy.operator.resource.FailoverPolicySpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What counts for one Deployment, of all that is said about it: the oldest policy, else the
 * annotations. A policy that is faulty does not fall back to annotations: nobody asked for that.
 *
 * @param wish what counts
 * @param policy the name of the policy that counts; empty when it is the annotations
 */
public record Decision(Wish wish, Optional<String> policy) {
  /**
   * A policy about the Deployment.
   *
   * @param created when, in a form that sorts by time
   */
  public record Candidate(String name, String created, @Nullable FailoverPolicySpec spec) {}

  private static final Comparator<Candidate> OLDEST_FIRST =
      Comparator.comparing(Candidate::created).thenComparing(Candidate::name);

  /**
   * Decides.
   *
   * @param annotations of the Deployment
   * @param policies all whose target it is
   */
  public static Decision of(Map<String, String> annotations, List<Candidate> policies) {
    Optional<Candidate> oldest = policies.stream().min(OLDEST_FIRST);
    if (oldest.isEmpty()) {
      return new Decision(Annotations.read(annotations), Optional.empty());
    }
    String name = oldest.get().name();
    Wish wish = Policies.read(oldest.get().spec());
    if (!(wish instanceof Wish.Asked(Protection protection, List<String> before))) {
      return new Decision(wish, Optional.of(name));
    }
    List<String> remarks = new ArrayList<>(before);
    overruled(annotations, protection, name).ifPresent(remarks::add);
    policies.stream()
        .sorted(OLDEST_FIRST)
        .skip(1)
        .forEach(p -> remarks.add(laterPolicy(p.name(), name)));
    return new Decision(new Wish.Asked(protection, remarks), Optional.of(name));
  }

  private static Optional<String> overruled(
      Map<String, String> annotations, Protection counts, String policy) {
    Wish theirs = Annotations.read(annotations);
    boolean same = theirs instanceof Wish.Asked asked && asked.protection().equals(counts);
    if (same || !Annotations.any(annotations)) {
      return Optional.empty();
    }
    return Optional.of(
        "FailoverPolicy %s counts; what the annotations %s say is ignored"
            .formatted(policy, String.join(", ", Annotations.present(annotations))));
  }

  private static String laterPolicy(String name, String older) {
    return "FailoverPolicy " + name + " is ignored: " + older + " is older";
  }
}
