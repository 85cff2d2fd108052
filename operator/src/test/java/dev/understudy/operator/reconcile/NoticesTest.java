// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.operator.wish.Decision;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said about Deployments, and that it is said once. */
class NoticesTest {
  private static final Map<String, String> GOOD =
      Map.of("hitachienergy.com/cr_mode", "cr", "hitachienergy.com/cr_interval", "1");
  private static final Map<String, String> WRONG = Map.of("hitachienergy.com/cr_mode", "x");

  private static List<Notice> of(Map<String, String> annotations) {
    return of(annotations, 1, false);
  }

  private static List<Notice> of(Map<String, String> annotations, int replicas, boolean writes) {
    Deployment deployment =
        Serialization.unmarshal(
            """
            apiVersion: apps/v1
            kind: Deployment
            spec:
              template:
                spec:
                  volumes: [{name: v, emptyDir: {}}]
                  containers: [{name: main}]
            """,
            Deployment.class);
    deployment.getSpec().setReplicas(replicas);
    if (writes) {
      deployment
          .getSpec()
          .getTemplate()
          .getSpec()
          .getContainers()
          .getFirst()
          .setVolumeMounts(
              List.of(new VolumeMountBuilder().withName("v").withMountPath("/v").build()));
    }
    return Notices.of(Decision.of(annotations, List.of()), deployment);
  }

  @Test
  void whatIsAskedForIsRepeated() {
    assertThat(of(GOOD))
        .containsExactly(
            new Notice(
                false,
                "ProtectionRequested",
                "by annotations: mirror, then checkpoint, then restart;"
                    + " a checkpoint each 1s; times standard"));
  }

  @Test
  void allFaultsAreOneWarning() {
    assertThat(of(WRONG))
        .containsExactly(
            new Notice(
                true,
                "ProtectionRefused",
                "by annotations: annotation hitachienergy.com/cr_mode is 'x'; write cr. annotation"
                    + " hitachienergy.com/cr_interval is missing;"
                    + " write whole seconds from 1 to 3600"));
  }

  @Test
  void whatTheDeploymentCannotDoIsSaid() {
    assertThat(of(GOOD, 3, false))
        .containsExactly(
            new Notice(
                true,
                "ProtectionRefused",
                "by annotations: the Deployment has 3 replicas;"
                    + " only programs that run once are protected"));
    assertThat(of(GOOD, 1, true))
        .hasSize(2)
        .contains(
            new Notice(
                true,
                "ProtectionRemark",
                "no checkpoints, so restart: volume v can be written to and is not copied"));
  }

  @Test
  void onlyNewsAreSaid() {
    assertThat(Notices.news(List.of(), of(GOOD))).isEqualTo(of(GOOD));
    assertThat(Notices.news(of(GOOD), of(GOOD))).isEmpty();
    assertThat(Notices.news(of(GOOD), of(WRONG))).isEqualTo(of(WRONG));
    assertThat(Notices.news(List.of(), List.of())).isEmpty();
  }

  @Test
  void theEndIsSaid() {
    assertThat(Notices.news(of(GOOD), of(Map.of())))
        .extracting(Notice::reason)
        .containsExactly("ProtectionWithdrawn");
  }

  @Test
  void sameWordsAboutTheSameObjectAreOneEvent() {
    Notice notice = of(GOOD).getFirst();
    assertThat(notice.eventName("count", "u1"))
        .isEqualTo(of(GOOD).getFirst().eventName("count", "u1"))
        .isNotEqualTo(notice.eventName("count", "u2"))
        .isNotEqualTo(of(WRONG).getFirst().eventName("count", "u1"))
        .matches("count\\.[0-9a-f]{16}");
    assertThat(notice.eventName("x".repeat(253), "u1").length()).isLessThanOrEqualTo(253);
  }

  @Test
  void messagesFitIntoAnEvent() {
    assertThat(new Notice(true, "R", "y".repeat(5_000)).message().length()).isLessThan(1_024);
  }
}
