// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.operator.plan.StandbyPod.Exchange;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a standby Pod differs from the Pod that it waits for. */
class StandbyPodTest {
  private final Cluster cluster = new Cluster();

  private Pod standby(Exchange exchange) {
    return StandbyPod.of(cluster.deployment, cluster.set, "n2", exchange, Cluster.HOLDER_IMAGE);
  }

  private Container main() {
    return standby(Exchange.BESIDE).getSpec().getContainers().getFirst();
  }

  @Test
  void noServiceAndNoReplicaSetCountsIt() {
    assertThat(standby(Exchange.BESIDE).getMetadata().getLabels())
        .isEqualTo(Map.of("understudy.dev/standby-of", "d1", "understudy.dev/revision", "h1"));
  }

  @Test
  void itIsOfTheSameTemplate() {
    Pod standby = standby(Exchange.BESIDE);
    assertThat(standby.getMetadata().getNamespace()).isEqualTo("default");
    assertThat(standby.getMetadata().getAnnotations()).containsEntry("note", "hello");
    assertThat(standby.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(7);
    assertThat(standby.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(1000);
    assertThat(main().getImage()).isEqualTo("lab/count:1");
    assertThat(main().getEnv()).extracting("name").containsExactly("PORT");
    Container side = standby.getSpec().getContainers().get(1);
    assertThat(side)
        .isEqualTo(cluster.deployment.getSpec().getTemplate().getSpec().getContainers().get(1));
  }

  @Test
  void theHolderRunsInPlaceOfTheProgramAndSaysWhenItIsReady() {
    assertThat(main().getCommand()).containsExactly("/.understudy/holder");
    assertThat(main().getArgs()).isEmpty();
    assertThat(main().getReadinessProbe().getExec().getCommand())
        .containsExactly("/.understudy/holder", "ready");
    assertThat(main().getReadinessProbe().getHttpGet()).isNull();
  }

  @Test
  void nothingAsksOrTellsAStoppedCopy() {
    assertThat(main().getLivenessProbe()).isNull();
    assertThat(main().getStartupProbe()).isNull();
    assertThat(main().getLifecycle().getPostStart()).isNull();
    assertThat(main().getLifecycle().getPreStop().getExec().getCommand()).containsExactly("/bye");
  }

  @Test
  void anInitContainerBringsTheHolderUnderRestrictedPodSecurity() {
    Pod standby = standby(Exchange.BESIDE);
    Container bringer = standby.getSpec().getInitContainers().getFirst();
    assertThat(bringer.getImage()).isEqualTo("x/holder:1");
    assertThat(bringer.getCommand()).containsExactly("/holder", "install", "/.understudy/holder");
    assertThat(bringer.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(bringer.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(bringer.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(bringer.getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(bringer.getVolumeMounts().getFirst().getReadOnly()).isNull();
    assertThat(main().getVolumeMounts().getFirst().getReadOnly()).isTrue();
    assertThat(standby.getSpec().getVolumes().getFirst().getEmptyDir()).isNotNull();
  }

  @Test
  void memoryHoldsTwoGenerationsOrOne() {
    assertThat(main().getResources().getLimits())
        .containsEntry("memory", new Quantity("134217728"))
        .containsEntry("cpu", new Quantity("1"));
    assertThat(main().getResources().getRequests())
        .containsEntry("memory", new Quantity("67108864"));
    assertThat(
            standby(Exchange.GAP).getSpec().getContainers().getFirst().getResources().getLimits())
        .containsEntry("memory", new Quantity("64Mi"));
  }

  @Test
  void withoutALimitThereIsNoneEither() {
    cluster.set.getSpec().getTemplate().getSpec().getContainers().getFirst().setResources(null);
    assertThat(main().getResources()).isNull();
  }

  @Test
  void itGoesWithTheDeploymentAndMayBeAdopted() {
    assertThat(standby(Exchange.BESIDE).getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> {
          assertThat(owner.getKind()).isEqualTo("Deployment");
          assertThat(owner.getUid()).isEqualTo("d1");
          assertThat(owner.getController()).isFalse();
          assertThat(owner.getBlockOwnerDeletion()).isFalse();
        });
  }

  @Test
  void itBelongsToItsNodeBesidesWhatTheTemplateAsksFor() {
    assertThat(Suitability.mayRun(standby(Exchange.BESIDE).getSpec(), Cluster.node("n2"))).isTrue();
    assertThat(Suitability.mayRun(standby(Exchange.BESIDE).getSpec(), Cluster.node("n1")))
        .isFalse();
    cluster
        .set
        .getSpec()
        .getTemplate()
        .getSpec()
        .setAffinity(
            new AffinityBuilder(
                    Serialization.unmarshal(
                        """
                        nodeAffinity:
                          requiredDuringSchedulingIgnoredDuringExecution:
                            nodeSelectorTerms:
                            - matchExpressions: [{key: a, operator: Exists}]
                            - matchExpressions: [{key: b, operator: Exists}]
                        """,
                        io.fabric8.kubernetes.api.model.Affinity.class))
                .build());
    var terms =
        standby(Exchange.BESIDE)
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms();
    assertThat(terms).hasSize(2).allMatch(t -> t.getMatchFields().size() == 1);
    assertThat(terms.get(1).getMatchExpressions().getFirst().getKey()).isEqualTo("b");
  }

  @Test
  void itsNameIsTheSameForTheSamePlaceAndFitsIntoAHostName() {
    assertThat(StandbyPod.name("count", "h1", "n2"))
        .isEqualTo(StandbyPod.name("count", "h1", "n2"))
        .isNotEqualTo(StandbyPod.name("count", "h1", "n1"))
        .isNotEqualTo(StandbyPod.name("count", "h2", "n2"))
        .startsWith("count-standby-h1-");
    assertThat(StandbyPod.name("a.b-".repeat(60), "5f7d9c6b8d", "worker-1.example"))
        .hasSizeLessThanOrEqualTo(63)
        .matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  }
}
