// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.operator.plan.Progress;
import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.FailoverPolicyStatus;
import dev.understudy.operator.resource.PolicyCondition;
import dev.understudy.operator.wish.Decision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The status of policies. */
class ConditionsTest {
  private static final String NOON = "2026-11-23T12:00:00Z";
  private static final String LATER = "2026-11-23T13:00:00Z";
  private static final String MIRROR = "target: {name: count}\nstrategy: mirror";
  private static final Optional<Deployment> THERE = Optional.of(deployment(Map.of(), 1));

  private static @Nullable FailoverPolicySpec spec(String yaml) {
    return Serialization.unmarshal(yaml, FailoverPolicySpec.class);
  }

  private static Deployment deployment(Map<String, String> annotations, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewTemplate()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Conditions.View view(
      String yaml, Optional<Deployment> target, Decision.Candidate... others) {
    List<Decision.Candidate> all = new ArrayList<>(List.of(others));
    all.add(new Decision.Candidate("p", NOON, spec(yaml)));
    return new Conditions.View("p", 7, spec(yaml), all, target, Optional.empty());
  }

  private static PolicyCondition only(FailoverPolicyStatus status, String type) {
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void validWithTarget() {
    FailoverPolicyStatus status = Conditions.of(view(MIRROR, THERE), null, NOON);
    assertThat(status.observedGeneration()).isEqualTo(7);
    assertThat(status.protection()).startsWith("mirror, then checkpoint, then restart;");
    assertThat(status.conditions())
        .containsExactly(
            new PolicyCondition(
                "Accepted", "True", "Valid", String.valueOf(status.protection()), NOON, 7L),
            new PolicyCondition(
                "TargetFound", "True", "Found", "Deployment count is there", NOON, 7L),
            new PolicyCondition(
                "TargetFits", "True", "Whole", "nothing stands in the way", NOON, 7L));
  }

  @Test
  void aMissingTargetIsNoFaultOfThePolicy() {
    FailoverPolicyStatus status = Conditions.of(view(MIRROR, Optional.empty()), null, NOON);
    assertThat(only(status, "Accepted").status()).isEqualTo("True");
    assertThat(only(status, "TargetFound"))
        .isEqualTo(
            new PolicyCondition(
                "TargetFound",
                "False",
                "NotFound",
                "there is no Deployment count in this namespace",
                NOON,
                7L));
  }

  @Test
  void whatTheTargetCannotDoIsSaid() {
    Optional<Deployment> three = Optional.of(deployment(Map.of(), 3));
    FailoverPolicyStatus impossible = Conditions.of(view(MIRROR, three), null, NOON);
    assertThat(only(impossible, "TargetFits").status()).isEqualTo("False");
    assertThat(only(impossible, "TargetFits").reason()).isEqualTo("Impossible");
    assertThat(only(impossible, "TargetFits").message()).contains("has 3 replicas");
    Deployment terminal = deployment(Map.of(), 1);
    terminal.getSpec().getTemplate().getSpec().getContainers().getFirst().setTty(true);
    FailoverPolicyStatus less = Conditions.of(view(MIRROR, Optional.of(terminal)), null, NOON);
    assertThat(only(less, "TargetFits").reason()).isEqualTo("Reduced");
    FailoverPolicyStatus absent = Conditions.of(view(MIRROR, Optional.empty()), null, NOON);
    assertThat(only(absent, "TargetFits").status()).isEqualTo("Unknown");
  }

  @Test
  void faultsAreSaid() {
    FailoverPolicyStatus status = Conditions.of(view(MIRROR + "\nftti: 1ms", THERE), null, NOON);
    assertThat(status.protection()).isNull();
    assertThat(only(status, "Accepted").reason()).isEqualTo("Invalid");
    assertThat(only(status, "Accepted").message()).startsWith("spec.ftti 1ms is too short");
  }

  @Test
  void theYoungerOfTwoPoliciesIsInConflict() {
    Decision.Candidate older = new Decision.Candidate("q", "2026-11-23T11:00:00Z", spec(MIRROR));
    Decision.Candidate younger = new Decision.Candidate("r", LATER, spec(MIRROR));
    FailoverPolicyStatus after = Conditions.of(view(MIRROR, THERE, older), null, NOON);
    assertThat(only(after, "Accepted").reason()).isEqualTo("Conflict");
    assertThat(only(after, "Accepted").message())
        .isEqualTo("FailoverPolicy q has the same target and is older");
    FailoverPolicyStatus before = Conditions.of(view(MIRROR, THERE, younger), null, NOON);
    assertThat(only(before, "Accepted").status()).isEqualTo("True");
    assertThat(only(before, "Accepted").message())
        .endsWith("FailoverPolicy r is ignored: p is older");
  }

  @Test
  void overruledAnnotationsAreSaid() {
    Map<String, String> annotations = Map.of("hitachienergy.com/cr_mode", "cr");
    FailoverPolicyStatus status =
        Conditions.of(view(MIRROR, Optional.of(deployment(annotations, 1))), null, NOON);
    assertThat(only(status, "Accepted").status()).isEqualTo("True");
    assertThat(only(status, "Accepted").message())
        .endsWith("what the annotations hitachienergy.com/cr_mode say is ignored");
  }

  @Test
  void timesChangeWithTheStatusOnly() {
    FailoverPolicyStatus first = Conditions.of(view(MIRROR, THERE), null, NOON);
    assertThat(Conditions.of(view(MIRROR, THERE), first, LATER)).isEqualTo(first);
    FailoverPolicyStatus gone = Conditions.of(view(MIRROR, Optional.empty()), first, LATER);
    assertThat(only(gone, "Accepted").lastTransitionTime()).isEqualTo(NOON);
    assertThat(only(gone, "TargetFound").lastTransitionTime()).isEqualTo(LATER);
  }

  @Test
  void aPolicyWithoutASpecIsFaulty() {
    Conditions.View view =
        new Conditions.View(
            "p",
            1,
            null,
            List.of(new Decision.Candidate("p", NOON, null)),
            Optional.empty(),
            Optional.empty());
    assertThat(only(Conditions.of(view, null, NOON), "Accepted").message())
        .isEqualTo("spec is missing; write target and strategy");
  }

  @Test
  void howFarTheProtectionIsStandsThereWhileSomebodyActs() {
    Conditions.View quiet = view(MIRROR, THERE);
    Progress waits = new Progress(false, "Waiting", "no single Pod serves");
    Conditions.View acting =
        new Conditions.View(
            quiet.name(),
            quiet.generation(),
            quiet.spec(),
            quiet.siblings(),
            quiet.target(),
            Optional.of(waits));
    assertThat(only(Conditions.of(acting, null, NOON), "Protected"))
        .isEqualTo(new PolicyCondition("Protected", "False", "Waiting", waits.message(), NOON, 7L));
  }
}
