// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.linux.Namespaces;
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
import dev.understudy.lab.probe.Gap;
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
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Deployment with annotations on a real Kubernetes, the operator and three agents. The operator
 * makes the standby Pod and brings the agents their plan; the active's node loses its power; the
 * copy serves with its state at the Service's address, seen from a third node, and its Pod takes
 * the old one's place. Then the same with what was promoted. The set starts one Pod in all that
 * time.
 */
class PodFailoverE2E {
  private static final double PATIENCE_SECONDS = 150;
  private static final String ADDRESS = "10.96.0.80";
  private static final int PORT = 80;
  private static final int GENERATIONS = 2;

  /** Before that, Kubernetes does not even suspect a node (node-monitor-grace-period). */
  private static final long KUBERNETES_NOTICES_NANOS = 40_000_000_000L;

  /** Longer than checkpoints stop a program. */
  private static final long NOTICED_NANOS = 100_000_000L;

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

  private static WorkloadStatus status(KubernetesAgents agents, String node)
      throws LabException, IOException {
    return agents.status(node).workloads().getFirst();
  }

  private OperatorProgram operator(KubernetesLab lab, KubernetesAgents agents) throws Exception {
    for (String name : new String[] {"failoverpolicies.yaml", "rbac.yaml"}) {
      String file = Host.ROOT.resolve("operator/deploy").resolve(name).toString();
      String _ = Said.of(lab.kubectlCommand(List.of("apply", "-f", file)), "").must();
    }
    return OperatorProgram.start(
        lab,
        folder,
        "operator",
        8080,
        "--agents-key=" + agents.keyFile(),
        "--holder-image=" + HolderImage.NAME,
        "--timing=relaxed");
  }

  @Test
  void theOperatorHasItProtectedAndItsCopyGoesOnAtTheServicesAddress() throws Exception {
    Lab.requireHost();
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    try (KubernetesLab lab = up(tools);
        Succession succession = new Succession(lab, folder)) {
      KubernetesAgents agents = lab.agents(tools);
      agents.start();
      try (OperatorProgram operator = operator(lab, agents)) {
        succession.namespace("restricted");
        succession.apply(Files.readString(Host.ROOT.resolve("examples/count/kubernetes.yaml")));
        failover(lab, agents, succession, operator);
      }
    }
  }

  private void failover(
      KubernetesLab lab, KubernetesAgents agents, Succession succession, OperatorProgram operator)
      throws Exception {
    awaitProtected(lab, agents, succession, operator);
    Pod first = succession.serving();
    Pod second = succession.standbys().getFirst();
    String lost = first.getSpec().getNodeName();
    String next = second.getSpec().getNodeName();
    String third = last(lab, lost, next);
    awaitProtection(lab, agents, lost, next);
    String uid = second.getMetadata().getUid();
    assertThat(succession.isReady(second)).isFalse();
    assertThat(succession.restarts(uid)).isZero();
    assertThat(succession.restarts(first.getMetadata().getUid())).isZero();
    assertThat(succession.endpoints()).containsExactly(first.getStatus().getPodIP());

    // What runs below the holder then is protected by a standby Pod of its own, and goes on there.
    serveThrough(
        lab,
        agents,
        List.of(lost, next, third),
        () -> {
          awaitSuccession(succession, operator, first, second);
          lab.start(lost);
          awaitProtected(lab, agents, succession, operator);
        });
    assertThat(succession.restarts(uid)).isZero();
    assertThat(succession.replicas()).isEqualTo(1);
    Pod fourth = succession.standbys().getFirst();
    assertThat(fourth.getSpec().getNodeName()).isEqualTo(third);
    awaitProtection(lab, agents, next, third);
    serveThrough(
        lab,
        agents,
        List.of(next, third, lost),
        () -> awaitSuccession(succession, operator, second, fourth));
    assertThat(succession.restarts(fourth.getMetadata().getUid())).isZero();
    Set<String> started = new TreeSet<>(succession.everSeen());
    started.removeIf(name -> name.contains("-standby-"));
    assertThat(started).as("Pods that the set ever started").hasSize(1);
    assertThat(operator.isAlive()).isTrue();
  }

  private static String last(KubernetesLab lab, String one, String other) {
    return lab.nodes().stream()
        .filter(n -> !n.equals(one) && !n.equals(other))
        .findFirst()
        .orElseThrow();
  }

  /** The newest word of the operator is that it is protected. */
  private static void awaitProtected(
      KubernetesLab lab, KubernetesAgents agents, Succession succession, OperatorProgram operator)
      throws Exception {
    Wait.that(
        "the operator says that it is protected",
        PATIENCE_SECONDS,
        () -> operator.log() + succession.evidence() + evidence(lab, agents, lab.nodes()),
        () ->
            operator
                .log()
                .lines()
                .filter(line -> line.contains("Progress["))
                .reduce("", (_, line) -> line)
                .contains("holds=true"));
  }

  /** Something that takes a while. */
  private interface Course {
    void run() throws Exception;
  }

  /**
   * Takes the power of the active's node, and looks on from the third one.
   *
   * @param nodes the active's, the standby's and the third one
   * @param then what comes when the standby serves
   */
  private void serveThrough(
      KubernetesLab lab, KubernetesAgents agents, List<String> nodes, Course then)
      throws Exception {
    String lost = nodes.get(0);
    String next = nodes.get(1);
    Path netns = lab.nodeNetns(nodes.get(2));
    try (Probe probe =
        Probe.start(
            Ipv4.parse(ADDRESS).orElseThrow(), PORT, body -> Namespaces.callIn(netns, body))) {
      Wait.that("the Service answers", PATIENCE_SECONDS, () -> "", () -> probe.lastCounter() > 0);
      long before = probe.lastCounter();
      Crash crash = lab.crash(lost);
      Wait.that(
          "the Service answers again, beyond " + before,
          PATIENCE_SECONDS,
          () -> evidence(lab, agents, List.of(next)),
          () -> probe.lastCounter() > before + 5);
      Outage outage =
          new OutageAnalysis(probe.samples())
              .outage(new Fault(lost, crash.cutNanos(), crash.killedNanos()), OptionalLong.empty());
      System.out.println("outage at the Service's address: " + outage);
      assertThat(outage).isInstanceOf(Outage.Ended.class);
      Outage.Ended ended = (Outage.Ended) outage;
      assertThat(ended.counterAfter()).as("%s", ended).isGreaterThan(ended.counterBefore() / 2);
      assertThat(ended.gap().nanos()).isLessThan(KUBERNETES_NOTICES_NANOS);
      then.run();
      List<Gap> later =
          new OutageAnalysis(probe.samples())
              .stalls(List.of(), NOTICED_NANOS, probe.lastGoodNanos()).stream()
                  .filter(gap -> gap.fromNanos() > ended.gap().fromNanos())
                  .toList();
      System.out.println(
          "later, as the agents go over to a new plan: "
              + later.stream().map(gap -> gap.nanos() / 1_000_000 + " ms").toList());
      assertThat(later).allMatch(gap -> gap.nanos() < KUBERNETES_NOTICES_NANOS);
      assertThat(probe.lastCounter()).isGreaterThan(ended.counterAfter());
    }
  }

  private static void awaitSuccession(
      Succession succession, OperatorProgram operator, Pod old, Pod promoted) throws Exception {
    String uid = promoted.getMetadata().getUid();
    Wait.that(
        "the promoted Pod is Ready and the only one of its ReplicaSet",
        PATIENCE_SECONDS,
        () -> operator.log() + succession.evidence(),
        () -> {
          List<Pod> pods = succession.pods();
          List<Pod> counted =
              pods.stream()
                  .filter(pod -> "count".equals(pod.getMetadata().getLabels().get("app")))
                  .toList();
          return counted.size() == 1
              && counted.getFirst().getMetadata().getUid().equals(uid)
              && succession.isReady(promoted)
              && counted.getFirst().getMetadata().getOwnerReferences().stream()
                  .anyMatch(owner -> owner.getKind().equals("ReplicaSet"));
        });
    Wait.that(
        "the Service leads to it alone",
        PATIENCE_SECONDS,
        succession::evidence,
        () -> succession.endpoints().equals(Set.of(succession.address(uid))));
    assertThat(operator.log())
        .contains("Pod " + old.getMetadata().getName() + " is deleted at once");
  }

  private static void awaitProtection(
      KubernetesLab lab, KubernetesAgents agents, String active, String standby) throws Exception {
    Wait.that(
        "the workload is protected, some generations on",
        PATIENCE_SECONDS,
        () -> evidence(lab, agents, List.of(active, standby)),
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

  private static String evidence(KubernetesLab lab, KubernetesAgents agents, List<String> nodes) {
    StringBuilder all = new StringBuilder();
    for (String node : nodes) {
      all.append("---- ").append(node).append('\n');
      try {
        all.append(lab.log(node, "agent"));
        agents.events(node, 0).stream()
            .filter(event -> !event.kind().equals(NodeEvent.LATE))
            .forEach(event -> all.append(event).append('\n'));
      } catch (LabException | IOException e) {
        all.append(e.getMessage()).append('\n');
      }
    }
    return all.toString();
  }
}
