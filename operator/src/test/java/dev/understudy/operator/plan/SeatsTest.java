// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which node stands by, and which one votes. */
class SeatsTest {
  private static final List<Node> THREE = nodes("n1", "n2", "n3");
  private static final String PLAIN = "containers: []";

  private static List<Node> nodes(String... names) {
    return List.of(names).stream().map(Cluster::node).toList();
  }

  private static Seats one(List<Node> nodes, String active, Optional<String> standby, String pod) {
    PodSpec spec = Serialization.unmarshal(pod, PodSpec.class);
    var all = Seats.choose(nodes, List.of(new Seats.Running("w", active, standby, spec, 1 << 20)));
    return Objects.requireNonNull(all.get("w"));
  }

  private static Seats seats(String active, String standby, String witness) {
    return new Seats(active, Optional.of(standby), Optional.of(witness));
  }

  @Test
  void ofThreeNodesOneStandsByAndOneVotes() {
    assertThat(one(THREE, "n1", Optional.empty(), PLAIN)).isEqualTo(seats("n1", "n2", "n3"));
    assertThat(one(THREE, "n2", Optional.empty(), PLAIN)).isEqualTo(seats("n2", "n1", "n3"));
  }

  @Test
  void aStandbyStaysWhereItIs() {
    assertThat(one(THREE, "n1", Optional.of("n3"), PLAIN)).isEqualTo(seats("n1", "n3", "n2"));
  }

  @Test
  void aStandbyOnTheActiveNodeOrOnADeadOneMoves() {
    assertThat(one(THREE, "n1", Optional.of("n1"), PLAIN).standby()).contains("n2");
    List<Node> dead =
        List.of(
            THREE.get(0),
            new NodeBuilder(THREE.get(1))
                .editStatus()
                .editFirstCondition()
                .withStatus("Unknown")
                .endCondition()
                .endStatus()
                .build(),
            THREE.get(2));
    assertThat(one(dead, "n1", Optional.of("n2"), PLAIN))
        .isEqualTo(new Seats("n1", Optional.of("n3"), Optional.empty()));
  }

  @Test
  void aNodeThatIsMarkedAsWitnessOnlyVotes() {
    List<Node> marked =
        List.of(
            THREE.get(0),
            new NodeBuilder(THREE.get(1))
                .editMetadata()
                .addToLabels("understudy.dev/witness", "true")
                .endMetadata()
                .build(),
            THREE.get(2));
    assertThat(one(marked, "n1", Optional.empty(), PLAIN)).isEqualTo(seats("n1", "n3", "n2"));
  }

  @Test
  void oneNodeHasNoStandby() {
    assertThat(one(nodes("n1"), "n1", Optional.empty(), PLAIN))
        .isEqualTo(new Seats("n1", Optional.empty(), Optional.empty()));
  }

  @Test
  void standbysAreSpreadAndSettledOnesCountFirst() {
    PodSpec spec = Serialization.unmarshal(PLAIN, PodSpec.class);
    var all =
        Seats.choose(
            THREE,
            List.of(
                new Seats.Running("a", "n1", Optional.empty(), spec, 100),
                new Seats.Running("b", "n1", Optional.of("n2"), spec, 100)));
    assertThat(all.get("b")).isEqualTo(seats("n1", "n2", "n3"));
    assertThat(all.get("a")).isEqualTo(seats("n1", "n3", "n2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nodeSelector: {kubernetes.io/hostname: n3} | n3",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
            + " {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname,"
            + " operator: NotIn, values: [n2]}]}]}}} | n3",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
            + " {nodeSelectorTerms: [{matchFields: [{key: metadata.name,"
            + " operator: In, values: [n3]}]}]}}} | n3",
        "nodeSelector: {kubernetes.io/hostname: n1} |",
      })
  void onlyNodesThatTheTemplateAllowsStandBy(String pod, String standby) {
    assertThat(one(THREE, "n1", Optional.empty(), pod).standby())
        .isEqualTo(Optional.ofNullable(standby));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "containers: [] | n3",
        "tolerations: [{key: k, operator: Exists}] | n2",
        "tolerations: [{key: k, value: v, effect: NoSchedule}] | n2",
        "tolerations: [{operator: Exists}] | n2",
        "tolerations: [{key: k, value: other}] | n3",
        "tolerations: [{key: k, value: v, effect: NoExecute}] | n3",
      })
  void taintsAreRespected(String pod, String standby) {
    List<Node> tainted =
        List.of(
            THREE.get(0),
            new NodeBuilder(THREE.get(1))
                .editSpec()
                .addNewTaint()
                .withKey("k")
                .withValue("v")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build(),
            THREE.get(2));
    assertThat(one(tainted, "n1", Optional.empty(), pod).standby()).contains(standby);
  }

  @Test
  void aNodeThatIsCordonedOffDoesNotStandBy() {
    List<Node> cordoned =
        List.of(
            THREE.get(0),
            new NodeBuilder(THREE.get(1)).editSpec().withUnschedulable(true).endSpec().build(),
            THREE.get(2));
    assertThat(one(cordoned, "n1", Optional.empty(), PLAIN)).isEqualTo(seats("n1", "n3", "n2"));
  }
}
