// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.lab.cluster.Crash;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesAgents;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.KubernetesOptions;
import dev.understudy.lab.kubernetes.Timers;
import dev.understudy.lab.kubernetes.build.KubernetesBuild;
import dev.understudy.lab.kubernetes.build.KubernetesTools;
import dev.understudy.lab.kubernetes.image.CountImage;
import dev.understudy.lab.kubernetes.image.HolderImage;
import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Outage;
import dev.understudy.lab.probe.OutageAnalysis;
import dev.understudy.lab.probe.Probe;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Deployment's Pod on a real Kubernetes, its copy held in a standby Pod, and the loss of its
 * node's power: served again with its state, at the Service's address, seen from a third node.
 */
class PodFailoverE2E {
  private static final double PATIENCE_SECONDS = 90;
  private static final String ADDRESS = "10.96.0.80";
  private static final int PORT = 80;
  private static final int GENERATIONS = 2;

  /** Before that, Kubernetes does not even suspect a node (node-monitor-grace-period). */
  private static final long KUBERNETES_NOTICES_NANOS = 40_000_000_000L;

  @TempDir Path folder = Path.of("");

  private KubernetesLab up(Tools tools) throws Exception {
    KubernetesTools kubernetes;
    try {
      kubernetes = new KubernetesBuild(System.out::println).provide();
    } catch (ToolsException e) {
      assumeTrue(false, e.getMessage());
      throw new IllegalStateException(e);
    }
    KubernetesLab lab =
        KubernetesLab.up(
            KubernetesOptions.of(kubernetes, Timers.DEFAULT)
                .stateRoot(folder.resolve("state"))
                .boundToThisProcess());
    Path archive = folder.resolve("image.tar");
    CountImage.write(tools, Host.ROOT.resolve("examples/count/count.py"), archive);
    lab.importImage(archive);
    HolderImage.write(archive);
    lab.importImage(archive);
    return lab;
  }

  /** What the agents have to know of those Pods. */
  private Cluster plan(KubernetesLab lab, Succession succession, Pod active, Pod standby)
      throws Exception {
    StringBuilder yaml =
        new StringBuilder("cluster: lab\nnetwork: 10.10.0.0/24\ntiming: relaxed\nnodes:\n");
    for (String node : lab.nodes()) {
      yaml.append("  - {name: %s, address: %s}\n".formatted(node, lab.address(node)));
    }
    yaml.append(
        """
        workloads:
          - name: count
            root:
              container: count
              identity: %s
              targetPort: 8080
              pods:
        """
            .formatted(CountImage.NAME));
    for (Pod pod : new Pod[] {active, standby}) {
      String uid = pod.getMetadata().getUid();
      yaml.append(
          "        %s: {uid: %s, address: %s}\n"
              .formatted(pod.getSpec().getNodeName(), uid, succession.address(uid)));
    }
    String witness =
        lab.nodes().stream()
            .filter(n -> !n.equals(active.getSpec().getNodeName()))
            .filter(n -> !n.equals(standby.getSpec().getNodeName()))
            .findFirst()
            .orElseThrow();
    yaml.append(
        """
            port: %d
            address: %s
            interval: 250ms
            memory: 64MiB
            nodes: [%s, %s, %s]
        """
            .formatted(
                PORT,
                ADDRESS,
                active.getSpec().getNodeName(),
                standby.getSpec().getNodeName(),
                witness));
    Path file = folder.resolve("plan.yaml");
    Files.writeString(file, yaml);
    return ClusterFile.read(file);
  }

  private static WorkloadStatus status(KubernetesAgents agents, String node)
      throws LabException, IOException {
    return agents.status(node).workloads().getFirst();
  }

  @Test
  void theCopyInTheStandbyPodGoesOnAtTheServicesAddress() throws Exception {
    Lab.requireHost();
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    try (KubernetesLab lab = up(tools);
        Succession succession = new Succession(lab, folder, HolderImage.NAME)) {
      succession.namespace("restricted");
      succession.apply(Files.readString(Host.ROOT.resolve("examples/count/kubernetes.yaml")));
      succession.settle(Optional.empty(), Set.of(), p -> succession.pods().size() == 2);
      Pod active = succession.serving();
      Pod standby = succession.standbys().getFirst();
      succession.awaitRunning(standby);
      String lost = active.getSpec().getNodeName();
      String next = standby.getSpec().getNodeName();
      Cluster plan = plan(lab, succession, active, standby);
      String third = plan.workloads().getFirst().nodes().getLast();
      KubernetesAgents agents = lab.agents(tools);
      agents.apply(plan);
      awaitProtection(lab, agents, lost, next);
      String uid = standby.getMetadata().getUid();
      assertThat(succession.isReady(standby)).isFalse();
      assertThat(succession.restarts(uid)).isZero();
      assertThat(succession.restarts(active.getMetadata().getUid())).isZero();

      Path netns = lab.nodeNetns(third);
      try (Probe probe =
          Probe.start(
              Ipv4.parse(ADDRESS).orElseThrow(), PORT, body -> Namespaces.callIn(netns, body))) {
        Wait.that("the Service answers", PATIENCE_SECONDS, () -> "", () -> probe.lastCounter() > 0);
        long before = probe.lastCounter();
        Crash crash = lab.crash(lost);
        Wait.that(
            "the Service answers again, beyond " + before,
            PATIENCE_SECONDS,
            () -> evidence(lab, agents, next),
            () -> probe.lastCounter() > before + 5);
        Outage outage =
            new OutageAnalysis(probe.samples())
                .outage(
                    new Fault(lost, crash.cutNanos(), crash.killedNanos()), OptionalLong.empty());
        System.out.println("outage at the Service's address: " + outage);
        assertThat(outage).isInstanceOf(Outage.Ended.class);
        Outage.Ended ended = (Outage.Ended) outage;
        assertThat(ended.counterAfter()).as("%s", ended).isGreaterThan(ended.counterBefore() / 2);
        assertThat(ended.gap().nanos()).isLessThan(KUBERNETES_NOTICES_NANOS);
      }
      Wait.that(
          "the promoted Pod is Ready",
          PATIENCE_SECONDS,
          succession::evidence,
          () -> succession.isReady(standby));
      assertThat(succession.restarts(uid)).isZero();
      Wait.that(
          "the promoted Pod's node is active",
          PATIENCE_SECONDS,
          () -> evidence(lab, agents, next),
          () -> status(agents, next).role().equals("active"));
    }
  }

  private static void awaitProtection(
      KubernetesLab lab, KubernetesAgents agents, String active, String standby) throws Exception {
    Wait.that(
        "the workload is protected, some generations on",
        PATIENCE_SECONDS,
        () -> evidence(lab, agents, active) + evidence(lab, agents, standby),
        () -> {
          try {
            long held =
                agents.events(standby, 0).stream()
                    .filter(event -> event.kind().equals(NodeEvent.HELD))
                    .count();
            return held >= GENERATIONS && status(agents, active).protectedNow();
          } catch (IOException notYet) {
            return false;
          }
        });
  }

  private static String evidence(KubernetesLab lab, KubernetesAgents agents, String node) {
    StringBuilder all = new StringBuilder("---- " + node + "\n");
    try {
      all.append(lab.log(node, "agent"));
      agents.events(node, 0).stream()
          .filter(event -> !event.kind().equals(NodeEvent.LATE))
          .forEach(event -> all.append(event).append('\n'));
    } catch (LabException | IOException e) {
      all.append(e.getMessage()).append('\n');
    }
    return all.toString();
  }
}
