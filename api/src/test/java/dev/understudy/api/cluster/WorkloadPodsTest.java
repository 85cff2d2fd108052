// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkloadPodsTest {
  private static final Path FILE = Path.of("/plan.yaml");
  private static final String UID = "53c75b29-38e4-475f-9b8f-f1c408d314cd";

  private static String plan(String uid, String address) {
    return """
    cluster: k
    network: 10.10.0.0/24
    nodes:
      - {name: n1, address: 10.10.0.11}
      - {name: n2, address: 10.10.0.12}
      - {name: n3, address: 10.10.0.13}
    workloads:
      - name: count
        root:
          container: count
          identity: lab.local/count:1
          targetPort: 8080
          pods:
            n1: {uid: %s, address: 10.244.1.2}
            n2: {uid: %s, address: 10.244.2.2}
        port: 80
        address: %s
        nodes: [n1, n2, n3]
    """
        .formatted(uid, uid, address);
  }

  private static Cluster read(String yaml) throws ClusterFileException {
    return ClusterFile.parse(FILE, yaml.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void podsAreReadAndWrittenAndMayHaveAnAddressOfNoHost() throws Exception {
    Cluster cluster = read(plan(UID, "10.96.0.80"));
    WorkloadSpec count = cluster.workloads().getFirst();
    assertThat(count.root()).isEqualTo(WorkloadSpec.Root.PODS);
    assertThat(count.pods().orElseThrow().byNode()).containsOnlyKeys("n1", "n2");
    assertThat(count.mayRunOn("n2")).isTrue();
    assertThat(count.mayRunOn("n3")).isFalse();
    assertThat(read(ClusterFile.write(cluster))).isEqualTo(cluster);
  }

  @Test
  void aWrongUidIsRefusedAtItsPlace() {
    assertThatThrownBy(() -> read(plan("me", "10.96.0.80")))
        .isInstanceOf(ClusterFileException.class)
        .hasMessageContaining("workloads[0].root.pods.n1.uid")
        .hasMessageContaining("is not a uid");
  }
}
