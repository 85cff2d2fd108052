// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.AgentPlan;
import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.core.timing.Timing;
import dev.understudy.operator.wish.Annotations;
import dev.understudy.operator.wish.Protection;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CourseTest {
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final Course.Settings SETTINGS =
      new Course.Settings(Cluster.HOLDER_IMAGE, Timing.RELAXED);
  private static final Protection PROTECTION =
      ((Wish.Asked)
              Annotations.read(
                  Map.of("hitachienergy.com/cr_mode", "cr", "hitachienergy.com/cr_interval", "1")))
          .protection();

  private final Cluster cluster = new Cluster();
  private final Set<String> silent = new TreeSet<>();
  private final Set<String> gone = new TreeSet<>();
  private AgentPlan plan = AgentPlan.NONE;
  private String leader = "";
  private boolean held;
  private Optional<Protection> protection = Optional.of(PROTECTION);

  private static int address(String node) {
    return Ipv4.parse("10.10.0.1" + node.substring(1)).orElseThrow();
  }

  private Ward ward() {
    Service service =
        Serialization.unmarshal(
            """
            metadata: {name: count, namespace: default}
            spec:
              selector: {app: count}
              clusterIP: 10.96.0.80
              ports: [{port: 80, targetPort: 8080}]
            """,
            Service.class);
    Optional<Door> door = Door.of(cluster.deployment, List.of(service), Optional.empty());
    return new Ward(cluster.deployment, List.of(cluster.set), cluster.pods, protection, door);
  }

  private Optional<NodeStatus> status(String node, String workload) {
    if (plan.equals(AgentPlan.NONE)) {
      return Optional.empty();
    }
    WorkloadStatus row =
        new WorkloadStatus(
            workload,
            node.equals(leader) ? "active" : "standby",
            "",
            "2@" + leader,
            leader,
            "",
            "",
            -1,
            -1,
            1_000,
            held,
            "",
            "");
    List<String> heard =
        NODES.stream().filter(n -> !n.equals(node) && !silent.contains(n)).toList();
    return Optional.of(
        new NodeStatus(
            node,
            1,
            1,
            1,
            "relaxed",
            true,
            "ebpf",
            heard,
            List.of(),
            new DatagramCounts(0, 0, 0, 0, 0, 0, 0),
            0,
            List.of(row)));
  }

  private Fleet fleet() {
    TreeMap<String, Integer> addresses = new TreeMap<>();
    TreeMap<String, Fleet.Member> members = new TreeMap<>();
    for (String node : NODES) {
      addresses.put(node, address(node));
      boolean answers = !silent.contains(node);
      Optional<dev.understudy.api.cluster.Cluster> read =
          plan.equals(AgentPlan.NONE) ? Optional.empty() : Optional.of(parsed());
      String workload = read.map(c -> c.workloads().getFirst().name()).orElse("");
      if (gone.contains(node)) {
        continue;
      }
      members.put(
          node,
          new Fleet.Member(
              plan, read, answers ? status(node, workload) : Optional.empty(), answers));
    }
    return new Fleet(addresses, members);
  }

  private dev.understudy.api.cluster.Cluster parsed() {
    try {
      return ClusterFile.parseOnNode(plan.clusterFile());
    } catch (ClusterFileException e) {
      throw new AssertionError(plan.clusterFile(), e);
    }
  }

  private Course.Whole look() {
    Set<String> pods =
        cluster.pods.stream()
            .filter(pod -> !Observation.isEnding(pod) && !Observation.isOver(pod))
            .map(Observation::uid)
            .collect(Collectors.toSet());
    return Course.of(
        new Course.World(
            List.of(ward()), NODES.stream().map(Cluster::node).toList(), fleet(), pods),
        SETTINGS);
  }

  private Course.Decision decision() {
    return look().decisions().getFirst();
  }

  /** Does what is to be done until nothing is. */
  private void settle() {
    for (int i = 0; i < 20; i++) {
      List<Step> steps =
          decision().steps().stream().filter(step -> !(step instanceof Step.Wait)).toList();
      if (steps.isEmpty()) {
        return;
      }
      steps.forEach(cluster::carryOut);
    }
    throw new AssertionError("does not settle: " + decision());
  }

  /** What a kubelet says of a Pod whose container runs. */
  private void run(String name, String address) {
    cluster.pods.replaceAll(p ->
        !Observation.name(p).equals(name)
            ? p
            : new PodBuilder(p)
                .editOrNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .addNewContainerStatus()
                .withName("count")
                .withImageID("sha256:1")
                .withRestartCount(0)
                .withNewState()
                .withNewRunning()
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());
  }

  private Pod standby() {
    return cluster.pods.stream().filter(cluster.seen()::isStandby).findFirst().orElseThrow();
  }

  /** Up to where the agents have their plan and hold a copy. */
  private void protect() {
    cluster.start("count-1", "n1");
    run("count-1", "10.244.1.2");
    settle();
    run(Observation.name(standby()), "10.244.2.2");
    plan = new AgentPlan(1, look().plan().orElseThrow());
    leader = "n1";
    held = true;
  }

  @Test
  void aStandbyPodIsMadeThenAgentsAreToldThenItIsProtected() {
    cluster.start("count-1", "n1");
    run("count-1", "10.244.1.2");
    assertThat(decision().progress().reason()).isEqualTo("Acting");
    settle();
    assertThat(decision().progress().reason()).isEqualTo("StandbyStarts");
    assertThat(look().plan()).isEmpty();
    run(Observation.name(standby()), "10.244.2.2");
    assertThat(decision().progress().reason()).isEqualTo("AgentsPrepare");
    plan = new AgentPlan(1, look().plan().orElseThrow());
    assertThat(decision().steps())
        .containsExactly(new Step.Wait("the agents have not said which Pod serves"));
    leader = "n1";
    assertThat(decision().progress().reason()).isEqualTo("CopyComes");
    held = true;
    assertThat(decision().progress().holds()).isTrue();
    assertThat(look().plan()).as("nothing new").contains(plan.clusterFile());
  }

  @Test
  void thePlanSaysEverythingThatAgentsNeed() {
    protect();
    dev.understudy.api.cluster.Cluster read = parsed();
    assertThat(read.timing()).isEqualTo(Timing.RELAXED);
    assertThat(read.nodes()).extracting("name").isEqualTo(NODES);
    WorkloadSpec spec = read.workloads().getFirst();
    assertThat(spec.nodes()).hasSize(3).startsWith("n1").containsExactlyInAnyOrderElementsOf(NODES);
    assertThat(Ipv4.text(spec.address())).isEqualTo("10.96.0.80");
    assertThat(spec.port()).isEqualTo(80);
    assertThat(spec.checkpointIntervalNanos()).isEqualTo(1_000_000_000L);
    assertThat(spec.memoryLimitBytes()).isEqualTo(64L << 20);
    var pods = spec.pods().orElseThrow();
    assertThat(pods.container()).isEqualTo("count");
    assertThat(pods.identity()).isEqualTo("sha256:1");
    assertThat(pods.targetPort()).isEqualTo(8080);
    assertThat(pods.byNode().values())
        .extracting("uid")
        .containsExactlyInAnyOrder(Cluster.uid("count-1"), Observation.uid(standby()));
  }

  @Test
  void afterAFailoverThePromotedPodTakesItsPlaceAndNoThirdOneStarts() {
    protect();
    String promoted = Observation.name(standby());
    String node = String.valueOf(standby().getSpec().getNodeName());
    int started = cluster.started;
    leader = node;
    silent.add("n1");
    held = false;
    assertThat(decision().steps().getFirst()).isInstanceOf(Step.Wait.class);
    cluster.ready(promoted, true);
    settle();
    Pod next = standby();
    assertThat(cluster.pods)
        .extracting(Observation::name)
        .containsExactlyInAnyOrder(promoted, Observation.name(next));
    assertThat(cluster.seen().set(cluster.pod(promoted))).isPresent();
    assertThat(cluster.started).isEqualTo(started);
    assertThat(next.getSpec().getNodeName()).isNotEqualTo("n1").isNotEqualTo(node);
    assertThat(look().plan()).as("until it runs").contains(plan.clusterFile());

    run(promoted, "10.244.2.2");
    run(Observation.name(next), "10.244.3.2");
    assertThat(decision().progress().reason()).isEqualTo("AgentsPrepare");
    plan = new AgentPlan(2, look().plan().orElseThrow());
    WorkloadSpec spec = parsed().workloads().getFirst();
    assertThat(spec.nodes()).startsWith(node, next.getSpec().getNodeName()).endsWith("n1");
    assertThat(spec.pods().orElseThrow().byNode().keySet())
        .containsExactlyInAnyOrder(node, next.getSpec().getNodeName());
    held = true;
    assertThat(decision().progress().holds()).isTrue();
  }

  @Test
  void aNodeThatAnswersIsNotFenced() {
    protect();
    leader = String.valueOf(standby().getSpec().getNodeName());
    cluster.ready(Observation.name(standby()), true);
    settle();
    assertThat(cluster.pod("count-1").getMetadata().getDeletionTimestamp()).isNotNull();
  }

  @Test
  void nothingIsDoneWithoutTheWordOfAMajority() {
    protect();
    silent.addAll(List.of("n2", "n3"));
    assertThat(decision().steps())
        .containsExactly(new Step.Wait("the agents have not said which Pod serves"));
    silent.clear();
    leader = "";
    assertThat(decision().steps())
        .containsExactly(new Step.Wait("the agents have not said which Pod serves"));
  }

  @Test
  void whoAsksNoMoreKeepsItsLeaseButNoStandbyPod() {
    protect();
    protection = Optional.empty();
    settle();
    assertThat(cluster.pods)
        .filteredOn(pod -> !Observation.isEnding(pod))
        .extracting(Observation::name)
        .containsExactly("count-1");
    assertThat(look().plan()).contains(plan.clusterFile());
    assertThat(decision().progress().reason()).isEqualTo("Withdrawn");
  }

  @Test
  void whereNoPodIsWantedNoneWaitsAndNoneIsPromoted() {
    protect();
    cluster.deployment.getSpec().setReplicas(0);
    leader = String.valueOf(standby().getSpec().getNodeName());
    assertThat(decision().steps())
        .containsExactly(
            new Step.Delete(
                Observation.name(standby()),
                Observation.uid(standby()),
                OptionalLong.empty(),
                "the Deployment wants no Pod"));
  }

  @Test
  void aPromotedPodWhoseCopyHasEndedGoes() {
    protect();
    String promoted = Observation.name(standby());
    leader = String.valueOf(standby().getSpec().getNodeName());
    silent.add("n1");
    cluster.ready(promoted, true);
    settle();
    run(promoted, "10.244.2.2");
    assertThat(decision().steps()).noneMatch(Step.Delete.class::isInstance);
    cluster.pod(promoted).getStatus().getContainerStatuses().getFirst().setRestartCount(1);
    assertThat(decision().steps().getFirst())
        .isInstanceOfSatisfying(
            Step.Delete.class, delete -> assertThat(delete.pod()).isEqualTo(promoted));
  }

  @Test
  void withTooFewAgentsNothingIsMade() {
    cluster.start("count-1", "n1");
    run("count-1", "10.244.1.2");
    gone.add("n3");
    assertThat(decision().steps()).isEmpty();
    assertThat(decision().progress().reason()).isEqualTo("TooFewAgents");
    assertThat(look().plan()).isEmpty();
  }

  @Test
  void aServiceIsFoundByWhatItSelectsAndItsPortByName() {
    cluster
        .deployment
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .setPorts(
            List.of(new ContainerPortBuilder().withName("web").withContainerPort(81).build()));
    assertThat(door("{app: count}", "10.96.0.9", "web"))
        .contains(new Door(Ipv4.parse("10.96.0.9").orElseThrow(), 80, 81));
    assertThat(door("{app: count}", "10.96.0.9", "other")).isEmpty();
    assertThat(door("{app: other}", "10.96.0.9", "web")).isEmpty();
    assertThat(door("{}", "10.96.0.9", "web")).isEmpty();
    assertThat(door("{app: count}", "None", "web")).isEmpty();
  }

  private Optional<Door> door(String selector, String address, String port) {
    Service service =
        Serialization.unmarshal(
            """
            metadata: {name: s, namespace: default}
            spec: {selector: %s, clusterIP: %s, ports: [{port: 80, targetPort: %s}]}
            """
                .formatted(selector, address, port),
            Service.class);
    return Door.of(cluster.deployment, List.of(service), Optional.empty());
  }

  @Test
  void longNamesAreShortenedAndStayApart() {
    assertThat(PlanNames.node("node-1")).isEqualTo("node-1");
    String one = PlanNames.node("ip-10-0-0-1.eu-central-1.compute.internal");
    String other = PlanNames.node("ip-10-0-0-2.eu-central-1.compute.internal");
    assertThat(one).matches("[a-z][a-z0-9-]{0,15}").isNotEqualTo(other);
    assertThat(PlanNames.workload("a/9", "9")).matches("[a-z][a-z0-9-]{0,15}");
    assertThat(PlanNames.workload("a/x", "x")).isNotEqualTo(PlanNames.workload("b/x", "x"));
  }
}
