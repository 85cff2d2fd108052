// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.understudy.api.cluster.WorkloadSpec.Root;
import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.core.timing.Timing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that come out of a file, and files that are refused before anything is read from them. */
class ClusterFileTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Fixture.fill(folder);
  }

  @Test
  void everyValueArrives() throws Exception {
    Cluster cluster = Fixture.read(folder, Fixture.resource("valid.yaml"));
    assertThat(cluster.name()).isEqualTo("demo");
    assertThat(cluster.network()).isEqualTo(new Network(0x0a4d0000, 24));
    assertThat(cluster.timing()).isEqualTo(Timing.STANDARD);
    assertThat(cluster.prefer()).isEmpty();
    assertThat(cluster.nodes())
        .containsExactly(
            new NodeSpec("a", 0x0a4d0001, false),
            new NodeSpec("b", 0x0a4d0002, false),
            new NodeSpec("w", 0x0a4d0003, true));
    assertThat(cluster.workload("count"))
        .contains(
            new WorkloadSpec(
                "count",
                List.of("/usr/bin/perl", "-v"),
                Root.HOST,
                Optional.empty(),
                "/srv",
                new TreeMap<>(java.util.Map.of("LANG", "C.UTF-8")),
                8080,
                0x0a4d0064,
                Strategy.MIRROR,
                500_000_000L,
                67_108_864L,
                List.of("b", "a", "w")));
  }

  @Test
  void whatIsLeftOutHasTheDocumentedDefault() throws Exception {
    Cluster cluster = Fixture.read(folder, Fixture.resource("valid.yaml"));
    assertThat(cluster.workload("web"))
        .contains(
            new WorkloadSpec(
                "web",
                List.of(),
                Root.IMAGE,
                Optional.of(folder.resolve("web.tar")),
                "/",
                new TreeMap<>(),
                80,
                0x0a4d0065,
                Strategy.MIRROR,
                1_000_000_000L,
                268_435_456L,
                List.of("a", "b", "w")));
  }

  @Test
  void changedTimesAreCustomAndTheProfilesOwnKeepItsName() throws Exception {
    assertThat(timing("{ profile: relaxed, beat: 40ms, driftPpm: 200 }"))
        .isEqualTo(
            new Timing(
                "custom",
                40_000_000L,
                400_000_000L,
                250_000_000L,
                20_000_000L,
                14_000_000L,
                6_000_000L,
                200));
    assertThat(timing("{ profile: fast, lease: 20ms }")).isEqualTo(Timing.FAST);
    assertThat(timing("wide")).isEqualTo(Timing.WIDE);
  }

  private Timing timing(String written) throws Exception {
    String text = Fixture.resource("valid.yaml");
    return Fixture.read(folder, text.replace("timing: standard", "timing: " + written)).timing();
  }

  @Test
  void aProblemKnowsItsPlace() throws Exception {
    String text = Fixture.resource("valid.yaml").replace("port: 8080", "port: 80800");
    ClusterFileException e =
        catchThrowableOfType(ClusterFileException.class, () -> Fixture.read(folder, text));
    assertThat(e.problems())
        .containsExactly(
            new ClusterProblem(
                16,
                11,
                "workloads[0].port",
                "'80800' is not allowed; write a number from 1 to 65535"));
  }

  @Test
  void theExampleIsValid() throws Exception {
    Cluster cluster = ClusterFile.read(Path.of("../examples/cluster.yaml"));
    assertThat(cluster.workloads()).hasSize(1);
    assertThat(cluster.workloads().getFirst().command()).hasSize(4);
  }

  @Test
  void aFileThatCannotBeReadIsRefused() {
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> ClusterFile.read(missing))
        .isInstanceOf(ClusterFileException.class)
        .hasMessage(missing + ": the cluster file does not exist; name one that does");
    assertThatThrownBy(() -> ClusterFile.read(folder))
        .isInstanceOf(ClusterFileException.class)
        .hasMessage(folder + ": the cluster file cannot be read: Is a directory");
  }

  @Test
  void whatIsNoBoundedTextIsRefused() throws IOException {
    assertRefused("#".repeat(256 * 1024 + 1), ": the cluster file is longer than 256 KiB");
    assertRefused("a:\n" + " [\n".repeat(80_000), ":13: values are nested deeper than 12 levels");
    assertRefused("- ".repeat(100_000), ":1: values are nested deeper than 12 levels");
    Path file = folder.resolve("cluster.yaml");
    Files.write(file, "cluster: demo\nnodes: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ClusterFile.read(file))
        .isInstanceOf(ClusterFileException.class)
        .hasMessage(file + ":2: this is not UTF-8 text from here on; save it as UTF-8");
  }

  private void assertRefused(String text, String answer) throws IOException {
    Path file = Files.writeString(folder.resolve("cluster.yaml"), text);
    assertThatThrownBy(() -> ClusterFile.read(file))
        .isInstanceOf(ClusterFileException.class)
        .hasMessageStartingWith(file + answer);
  }

  @Test
  void manyWorkloadsAreBounded() throws IOException {
    StringBuilder text =
        new StringBuilder("cluster: many\nnodes: [{name: a}, {name: b}, {name: c}]");
    text.append("\nworkloads:\n");
    for (int i = 0; i < 65; i++) {
      text.append("- {name: w").append(i).append(", command: [/usr/bin/perl], port: 1, ");
      text.append("address: 10.77.0.").append(10 + i).append("}\n");
    }
    assertRefused(text.toString(), ":3: workloads: 65 workloads are too many; write at most 64");
  }
}
