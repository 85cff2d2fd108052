// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is done for a Deployment, step by step. */
class StepsTest {
  private Cluster cluster = new Cluster();

  /** Plans and carries out until nothing is left to do but wait. */
  private List<String> settle(Optional<String> standbyNode) {
    List<String> done = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      List<Step> steps = cluster.next(standbyNode);
      if (steps.stream().allMatch(Step.Wait.class::isInstance)) {
        steps.forEach(step -> done.add("wait: " + ((Step.Wait) step).why()));
        return done;
      }
      for (Step step : steps) {
        cluster.carryOut(step);
        done.add(words(step));
      }
    }
    throw new AssertionError("no end of it: " + done);
  }

  private static String words(Step step) {
    return switch (step) {
      case Step.Wait(var why) -> "wait: " + why;
      case Step.SetDeletionCost(var pod, var _, var cost) ->
          "cost " + (cost.startsWith("-") ? "lowest " : "highest ") + pod;
      case Step.Relabel(var pod, var _, var _) -> "relabel " + pod;
      case Step.Delete(var pod, var _, var grace, var _) ->
          "delete " + pod + (grace.isPresent() ? " at once" : "");
      case Step.Create(var standby) -> "create " + standby.getMetadata().getName();
    };
  }

  private static String standbyName(String node) {
    return StandbyPod.name("count", "h1", node);
  }

  private Pod failOver() {
    cluster.start("count-old", "n1");
    settle(Optional.of("n2"));
    Pod promoted = cluster.ready(standbyName("n2"), false);
    cluster.active = Optional.of(promoted.getMetadata().getUid());
    return promoted;
  }

  @Test
  void aStandbyPodIsMadeOnceAndThenLeftAlone() {
    cluster.start("count-old", "n1");
    assertThat(settle(Optional.of("n2"))).containsExactly("create " + standbyName("n2"));
    assertThat(cluster.next(Optional.of("n2"))).isEmpty();
    assertThat(cluster.started).isEqualTo(1);
  }

  @Test
  void afterAFailoverNoThirdPodIsEverStarted() {
    failOver();
    cluster.fenced.add("n1");
    assertThat(settle(Optional.of("n3")))
        .containsExactly("wait: " + standbyName("n2") + " is not Ready yet");
    cluster.ready(standbyName("n2"), true);
    assertThat(settle(Optional.of("n3")))
        .containsExactly(
            "cost highest " + standbyName("n2"),
            "cost lowest count-old",
            "relabel " + standbyName("n2"),
            "delete count-old at once",
            "create " + standbyName("n3"));
    assertThat(cluster.started).as("Pods that the ReplicaSet started").isEqualTo(1);
    Pod promoted = cluster.pod(standbyName("n2"));
    assertThat(promoted.getMetadata().getLabels())
        .containsOnlyKeys("app", "team", "pod-template-hash");
    assertThat(Observation.controller(promoted)).contains("rs-h1");
    assertThat(promoted.getMetadata().getOwnerReferences()).hasSize(1);
  }

  @Test
  void anOperatorThatJustStartedGoesOnWhereTheFormerOneStopped() {
    for (int steps = 0; steps < 5; steps++) {
      cluster = new Cluster();
      failOver();
      cluster.ready(standbyName("n2"), true);
      cluster.fenced.add("n1");
      for (int i = 0; i < steps; i++) {
        cluster.carryOut(cluster.next(Optional.of("n3")).getFirst());
      }
      settle(Optional.of("n3"));
      assertThat(cluster.started).as("after %s steps", steps).isEqualTo(1);
      assertThat(cluster.pods)
          .extracting(Observation::name)
          .containsExactly(standbyName("n2"), standbyName("n3"));
    }
  }

  @Test
  void anOldPodThatMayStillRunIsGivenItsTime() {
    failOver();
    cluster.ready(standbyName("n2"), true);
    List<String> done = settle(Optional.of("n3"));
    assertThat(done)
        .doesNotContain("delete count-old at once")
        .endsWith("wait: count-old is ending");
    assertThat(Observation.isEnding(cluster.pod("count-old"))).isTrue();
    cluster.fenced.add("n1");
    assertThat(settle(Optional.of("n3")).getFirst()).isEqualTo("delete count-old at once");
  }

  @Test
  void thePromotedPodIsKeptEvenWhereTheOldOneStillSeemsReady() {
    failOver();
    cluster.ready(standbyName("n2"), true);
    assertThat(Observation.isReady(cluster.pod("count-old"))).isTrue();
    settle(Optional.empty());
    assertThat(Observation.isEnding(cluster.pod(standbyName("n2")))).isFalse();
  }

  @Test
  void aThirdPodThatWasStartedBeforeIsTheOneThatGoes() {
    failOver();
    cluster.pods.removeIf(p -> Observation.name(p).equals("count-old"));
    cluster.start("count-third", "n3");
    cluster.ready(standbyName("n2"), true);
    settle(Optional.empty());
    assertThat(Observation.isEnding(cluster.pod("count-third"))).isTrue();
    assertThat(Observation.controller(cluster.pod(standbyName("n2")))).contains("rs-h1");
  }

  @Test
  void aSetThatWantsNoPodGetsNone() {
    failOver();
    cluster.ready(standbyName("n2"), true);
    cluster.set.getSpec().setReplicas(0);
    assertThat(settle(Optional.empty()))
        .containsExactly(
            "wait: ReplicaSet count-h1 wants no Pod: it would delete " + standbyName("n2"));
  }

  @Test
  void anotherNodeIsTakenBeforeTheFormerStandbyGoes() {
    cluster.start("count-old", "n1");
    settle(Optional.of("n2"));
    assertThat(settle(Optional.of("n3"))).containsExactly("create " + standbyName("n3"));
    cluster.ready(standbyName("n3"), false);
    assertThat(settle(Optional.of("n3"))).containsExactly("delete " + standbyName("n2"));
  }

  @Test
  void aNewRevisionGetsAStandbyPodOfItsOwn() {
    cluster.start("count-old", "n1");
    settle(Optional.of("n2"));
    Pod next = cluster.start("count-new", "n1");
    Pod ofNext =
        new PodBuilder(next)
            .editMetadata()
            .withOwnerReferences(
                new PodBuilder(next)
                    .editMetadata()
                    .editFirstOwnerReference()
                    .withUid("rs-h2")
                    .endOwnerReference()
                    .endMetadata()
                    .build()
                    .getMetadata()
                    .getOwnerReferences())
            .endMetadata()
            .build();
    Observation seen =
        new Observation(
            cluster.deployment,
            List.of(cluster.set, cluster.set("h2", 1)),
            List.of(ofNext, cluster.pod(standbyName("n2"))),
            Optional.empty(),
            Set.of());
    assertThat(
            Steps.next(seen, Optional.of("n2"), StandbyPod.Exchange.BESIDE, Cluster.HOLDER_IMAGE))
        .extracting(StepsTest::words)
        .containsExactly(
            "create " + StandbyPod.name("count", "h2", "n2"), "delete " + standbyName("n2"));
  }

  @Test
  void withoutAWishOrANodeTheStandbyPodGoes() {
    cluster.start("count-old", "n1");
    settle(Optional.of("n2"));
    assertThat(settle(Optional.empty())).containsExactly("delete " + standbyName("n2"));
  }

  @Test
  void aStandbyPodThatFailedIsReplacedWhenItIsGone() {
    cluster.start("count-old", "n1");
    settle(Optional.of("n2"));
    Pod failed = cluster.pod(standbyName("n2"));
    cluster.pods.remove(failed);
    cluster.pods.add(
        new PodBuilder(failed).withNewStatus().withPhase("Failed").endStatus().build());
    assertThat(settle(Optional.of("n2"))).containsExactly("delete " + standbyName("n2"));
    cluster.pods.removeIf(Observation::isEnding);
    assertThat(settle(Optional.of("n2"))).containsExactly("create " + standbyName("n2"));
  }

  @Test
  void nothingIsDoneWhileNobodyOrSeveralServe() {
    assertThat(cluster.next(Optional.of("n2")))
        .containsExactly(new Step.Wait("no single Pod serves"));
    cluster.start("a", "n1");
    cluster.start("b", "n2");
    assertThat(cluster.next(Optional.of("n3")))
        .containsExactly(new Step.Wait("no single Pod serves"));
    cluster.active = Optional.of("unseen");
    assertThat(cluster.next(Optional.of("n3")))
        .containsExactly(
            new Step.Wait("the Pod that the agents call active has not been seen yet"));
  }

  @Test
  void nothingIsDoneForADeploymentThatGoes() {
    cluster.start("a", "n1");
    Observation seen = cluster.seen();
    Observation going =
        new Observation(
            new DeploymentBuilder(seen.deployment())
                .editMetadata()
                .withDeletionTimestamp("2026-11-23T00:00:00Z")
                .endMetadata()
                .build(),
            seen.sets(),
            seen.pods(),
            seen.active(),
            seen.fenced());
    assertThat(Steps.next(going, Optional.of("n2"), StandbyPod.Exchange.GAP, Cluster.HOLDER_IMAGE))
        .isEmpty();
  }
}
