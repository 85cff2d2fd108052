// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.KubernetesOptions;
import dev.understudy.lab.kubernetes.Timers;
import dev.understudy.lab.kubernetes.build.KubernetesBuild;
import dev.understudy.lab.kubernetes.build.KubernetesTools;
import dev.understudy.lab.kubernetes.image.ContainerImage;
import dev.understudy.lab.kubernetes.image.CountImage;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import dev.understudy.operator.plan.Step;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps after a failover, at the real ReplicaSet controller, with a stand-in for the holder
 * that becomes Ready when it is told so: what is shown is what Kubernetes does with these Pods.
 */
class SuccessionE2E {
  private static final double PATIENCE_SECONDS = 60;
  private static final String IMAGE = "lab.local/succession:1";

  @TempDir Path folder = Path.of("");

  private KubernetesLab up(Tools tools) throws Exception {
    KubernetesTools kubernetes;
    try {
      Lab.requireHost();
      kubernetes = new KubernetesBuild(System.out::println).provide();
    } catch (LabException | ToolsException e) {
      assumeTrue(false, e.getMessage());
      throw new IllegalStateException(e);
    }
    // Unhurried: for a long time the API server shows the lost Pod as Ready.
    KubernetesLab lab =
        KubernetesLab.up(
            KubernetesOptions.of(kubernetes, Timers.DEFAULT)
                .stateRoot(folder.resolve("state"))
                .boundToThisProcess());
    Path holder = folder.resolve("holder");
    try (InputStream text =
        Objects.requireNonNull(SuccessionE2E.class.getResourceAsStream("holder.py"))) {
      Host.script(holder, new String(text.readAllBytes(), StandardCharsets.UTF_8));
    }
    Map<String, Path> files = CountImage.python(tools);
    files.put("holder", holder);
    files.put("app/count.py", Host.ROOT.resolve("examples/count/count.py"));
    Path archive = folder.resolve("image.tar");
    new ContainerImage(
            IMAGE,
            List.of(CountImage.PYTHON, "-S", "-B", "/app/count.py"),
            List.of(),
            "1000:1000",
            files)
        .write(archive);
    lab.importImage(archive);
    return lab;
  }

  private static String manifest() throws Exception {
    return Files.readString(Host.ROOT.resolve("examples/count/kubernetes.yaml"))
        .replace(CountImage.NAME, IMAGE);
  }

  @Test
  void thePromotedPodTakesItsPlaceAndNoThirdOneIsStarted() throws Exception {
    Tools tools = Host.tools(ToolGroup.PYTHON);
    try (KubernetesLab lab = up(tools);
        Succession succession = new Succession(lab, folder, IMAGE)) {
      succession.namespace("restricted");
      succession.apply(manifest());
      succession.settle(Optional.empty(), Set.of(), p -> succession.pods().size() == 2);
      Pod old = succession.serving();
      Pod standby = succession.standbys().getFirst();
      String lost = old.getSpec().getNodeName();
      succession.awaitRunning(standby);
      assertThat(succession.isReady(standby)).isFalse();
      assertThat(succession.replicas()).isEqualTo(1);
      assertThat(succession.endpoints()).containsExactly(old.getStatus().getPodIP());

      var _ = lab.crash(lost);
      succession.kubectl(
          "exec",
          standby.getMetadata().getName(),
          "-c",
          "count",
          "--",
          "/.understudy/holder",
          "promote");
      String uid = standby.getMetadata().getUid();
      List<Step> done =
          succession.settle(
              Optional.of(uid),
              Set.of(lost),
              _ ->
                  succession.pods().stream()
                      .noneMatch(p -> p.getMetadata().getUid().equals(old.getMetadata().getUid())));
      assertThat(done).anyMatch(Step.Relabel.class::isInstance);
      Wait.that(
          "the Service leads to the promoted Pod alone",
          PATIENCE_SECONDS,
          () -> succession.evidence(),
          () -> succession.endpoints().equals(Set.of(succession.address(uid))));
      succession.settle(Optional.of(uid), Set.of(lost), _ -> succession.standbys().size() <= 1);
      lab.start(lost);
      lab.awaitReady(lost, Instant.now());
      succession.settle(Optional.of(uid), Set.of(), _ -> succession.standbys().size() == 1);
      Pod next = succession.standbys().getFirst();

      assertThat(succession.replicas()).isEqualTo(1);
      assertThat(succession.restarts(uid)).isZero();
      Set<String> expected = new TreeSet<>();
      for (Pod pod : List.of(old, standby, next)) {
        expected.add(pod.getMetadata().getName());
      }
      assertThat(succession.everSeen()).as("all Pods of all events").isEqualTo(expected);
    }
  }
}
