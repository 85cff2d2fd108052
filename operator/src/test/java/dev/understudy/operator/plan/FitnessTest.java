// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.operator.resource.Strategy;
import dev.understudy.operator.wish.Annotations;
import dev.understudy.operator.wish.Protection;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a ladder a Deployment can climb. */
class FitnessTest {
  private static Fitness of(int replicas, String pod) {
    Map<String, String> annotations =
        Map.of("hitachienergy.com/cr_mode", "cr", "hitachienergy.com/cr_interval", "1");
    Protection protection = ((Wish.Asked) Annotations.read(annotations)).protection();
    Deployment deployment = new Cluster().deployment;
    deployment.getSpec().setReplicas(replicas);
    deployment.getSpec().getTemplate().setSpec(Serialization.unmarshal(pod, PodSpec.class));
    return Fitness.of(protection, deployment);
  }

  private static String pod(String volume, String mount) {
    return """
    volumes: [{name: v, %s}]
    containers: [{name: main, volumeMounts: [{name: v, mountPath: /v, %s}]}]
    """
        .formatted(volume, mount);
  }

  @Test
  void aPlainProgramClimbsAllOfIt() {
    Fitness fitness = of(1, "containers: [{name: main}]");
    assertThat(fitness.remarks()).isEmpty();
    assertThat(fitness.ladder()).startsWith(Strategy.MIRROR);
  }

  @Test
  void severalReplicasAreNotProtected() {
    Fitness fitness = of(3, "containers: [{name: main}]");
    assertThat(fitness.ladder()).isEmpty();
    assertThat(fitness.remarks())
        .containsExactly(
            "the Deployment has 3 replicas; only programs that run once are protected");
  }

  @Test
  void whatCanBeWrittenToMustBeCopied() {
    Fitness fitness = of(1, pod("persistentVolumeClaim: {claimName: c}", "readOnly: false"));
    assertThat(fitness.ladder()).containsExactly(Strategy.RESTART);
    assertThat(fitness.remarks())
        .containsExactly(
            "no checkpoints, so restart: volume v can be written to and is not copied");
    assertThat(of(1, pod("emptyDir: {}", "readOnly: false")).ladder())
        .containsExactly(Strategy.RESTART);
  }

  @Test
  void whatCannotBeWrittenToIsNoObstacle() {
    assertThat(of(1, pod("persistentVolumeClaim: {claimName: c}", "readOnly: true")).remarks())
        .isEmpty();
    assertThat(of(1, pod("configMap: {name: c}", "readOnly: false")).remarks()).isEmpty();
  }

  @Test
  void sharedProcessesAndTerminalsCannotBeCheckpointed() {
    Fitness fitness =
        of(1, "shareProcessNamespace: true\nhostPID: true\ncontainers: [{name: main, tty: true}]");
    assertThat(fitness.remarks())
        .containsExactly(
            "no checkpoints, so restart: the Pod shares processes or memory with its node,"
                + " its containers share their processes, container main has a terminal");
  }

  @Test
  void onlyTheFirstContainerIsProtected() {
    assertThat(of(1, "containers: [{name: main}, {name: side}]").remarks())
        .containsExactly("container main is protected, the others start anew");
  }
}
