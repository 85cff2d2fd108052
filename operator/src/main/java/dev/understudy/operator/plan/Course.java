// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadPods;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.timing.Timing;
import dev.understudy.operator.plan.Fleet.Word;
import dev.understudy.operator.plan.StandbyPod.Exchange;
import dev.understudy.operator.wish.Protection;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * From everything that is observed to everything that is to be done: steps at the API server for
 * each Deployment, one plan for all agents, and what to say. Each look begins from what is seen, so
 * it does not matter who looked before.
 */
public final class Course {
  private static final int AGENTS_LEAST = 3;

  /**
   * Everything that is observed.
   *
   * @param wards what is protected, or was
   * @param nodes all of them
   * @param pods uids of all Pods that are neither over nor ending
   */
  public record World(List<Ward> wards, List<Node> nodes, Fleet fleet, Set<String> pods) {
    public World {
      wards = List.copyOf(wards);
      nodes = List.copyOf(nodes);
      pods = Set.copyOf(pods);
    }
  }

  /**
   * How the operator was started.
   *
   * @param holderImage for {@link StandbyPod}
   * @param timing the times that agents go by, unless a policy asks for slower ones
   */
  public record Settings(String holderImage, Timing timing) {}

  /** What is to be done for one Deployment, and said of it. */
  public record Decision(Ward ward, List<Step> steps, Progress progress) {}

  /**
   * All of it.
   *
   * @param plan a cluster file for all agents; empty when none is needed, or possible
   */
  public record Whole(List<Decision> decisions, Optional<String> plan) {}

  /** One ward with what the agents say of it. */
  private record View(Ward ward, Word word, Observation seen, boolean held) {
    Optional<Pod> serving() {
      return held ? Optional.empty() : seen.serving();
    }
  }

  private final World world;
  private final Settings settings;
  private final SortedMap<String, View> views = new TreeMap<>();
  private final Set<String> fenced = new TreeSet<>();
  private SortedMap<String, Seats> seats = new TreeMap<>();

  private Course(World world, Settings settings) {
    this.world = world;
    this.settings = settings;
  }

  /** Decides. */
  public static Whole of(World world, Settings settings) {
    return new Course(world, settings).whole();
  }

  private Whole whole() {
    for (Ward ward : world.wards()) {
      View view = view(ward);
      views.put(ward.key(), view);
      fenced.addAll(view.word().fenced());
    }
    seats = Seats.choose(able(), running());
    List<Decision> decisions = new ArrayList<>();
    Optional<Cluster> plan = plan();
    for (View view : views.values()) {
      List<Step> steps = steps(view);
      decisions.add(new Decision(view.ward(), steps, progress(view, steps, plan)));
    }
    return new Whole(decisions, plan.map(ClusterFile::write));
  }

  /** What the agents say counts as long as a Pod of theirs is there. */
  private View view(Ward ward) {
    Word word = world.fleet().word(ward.workload());
    boolean overtaken = word.planned().filter(this::isThere).isEmpty();
    Word counts = overtaken ? Word.NONE : word;
    Observation seen =
        new Observation(
            ward.deployment(), ward.sets(), ward.pods(), counts.active(), counts.fenced());
    return new View(ward, counts, seen, !overtaken && word.active().isEmpty());
  }

  private static boolean has(WorkloadSpec planned, Pod pod) {
    return planned.pods().stream()
        .flatMap(pods -> pods.byNode().values().stream())
        .anyMatch(place -> place.uid().equals(Observation.uid(pod)));
  }

  private boolean isThere(WorkloadSpec planned) {
    return planned.pods().stream()
        .flatMap(pods -> pods.byNode().values().stream())
        .map(WorkloadPods.Place::uid)
        .anyMatch(world.pods()::contains);
  }

  /** Nodes with an agent, on which something may be placed. */
  private List<Node> able() {
    return world.nodes().stream()
        .filter(node -> world.fleet().members().containsKey(node.getMetadata().getName()))
        .filter(node -> !fenced.contains(node.getMetadata().getName()))
        .toList();
  }

  private List<Seats.Running> running() {
    List<Seats.Running> all = new ArrayList<>();
    for (View view : views.values()) {
      view.serving()
          .filter(pod -> pod.getSpec().getNodeName() != null && wantsStandby(view, pod))
          .ifPresent(pod ->
              all.add(
                  new Seats.Running(
                      view.ward().key(),
                      pod.getSpec().getNodeName(),
                      standbyNode(view),
                      view.ward().deployment().getSpec().getTemplate().getSpec(),
                      AgentPlans.memory(view.ward()))));
    }
    return all;
  }

  private static Optional<String> standbyNode(View view) {
    return standby(view).flatMap(pod -> Optional.ofNullable(pod.getSpec().getNodeName()));
  }

  /** The standby Pod that waits: not the one that was promoted. */
  private static Optional<Pod> standby(View view) {
    return view.seen().pods().stream()
        .filter(view.seen()::isStandby)
        .filter(pod -> !view.word().active().equals(Optional.of(Observation.uid(pod))))
        .filter(pod -> !Observation.isEnding(pod) && !Observation.isOver(pod))
        .max(Comparator.comparing(AgentPlans::isRunning).thenComparing(Observation::name));
  }

  /** Of what runs a copy is to be held, if agents can decide and no other revision comes. */
  private boolean wantsStandby(View view, Pod serving) {
    boolean decidable =
        view.word().planned().isPresent() || world.fleet().members().size() >= AGENTS_LEAST;
    return decidable
        && view.ward().isMirrored()
        && view.ward().door().isPresent()
        && !rollsOut(view, serving);
  }

  private static boolean isPromoted(Pod pod) {
    return List.of(StandbyPod.HOLDER).equals(pod.getSpec().getContainers().getFirst().getCommand());
  }

  /** Whether another revision is on its way. */
  private static boolean rollsOut(View view, Pod serving) {
    return view.seen().sets().stream()
        .filter(set -> Optional.ofNullable(set.getSpec().getReplicas()).orElse(0) > 0)
        .anyMatch(set -> view.seen().set(serving).filter(set::equals).isEmpty());
  }

  private List<Step> steps(View view) {
    if (Integer.valueOf(0).equals(view.ward().deployment().getSpec().getReplicas())) {
      // Also what agents have promoted as its Pod ended: nothing is to run.
      return view.seen().pods().stream()
          .filter(pod -> view.seen().isStandby(pod) && !Observation.isEnding(pod))
          .map(pod -> deletion(pod, "the Deployment wants no Pod"))
          .toList();
    }
    if (view.held()) {
      return List.of(new Step.Wait("the agents have not said which Pod serves"));
    }
    Optional<Pod> ended = view.serving().filter(pod -> hasEnded(view, pod));
    if (ended.isPresent()) {
      String why = "what ran in it has ended, and only its holder is started again";
      return List.of(deletion(ended.get(), why));
    }
    Optional<String> node =
        Optional.ofNullable(seats.get(view.ward().key())).flatMap(Seats::standby);
    return Steps.next(view.seen(), node, Exchange.BESIDE, settings.holderImage());
  }

  private static Step deletion(Pod pod, String why) {
    return new Step.Delete(Observation.name(pod), Observation.uid(pod), OptionalLong.empty(), why);
  }

  private static boolean hasEnded(View view, Pod pod) {
    return isPromoted(pod)
        && view.seen().set(pod).isPresent()
        && !Observation.isEnding(pod)
        && pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getContainerStatuses()).orElse(List.of()).stream()
            .filter(s -> s.getName().equals(pod.getSpec().getContainers().getFirst().getName()))
            .anyMatch(s -> s.getRestartCount() > 0);
  }

  // ---- the agents' plan ------------------------------------------------------------------------

  private Optional<Cluster> plan() {
    List<NodeSpec> nodes = AgentPlans.nodes(world.nodes(), world.fleet());
    Optional<Cluster> former = world.fleet().current();
    SortedMap<String, WorkloadSpec> workloads = new TreeMap<>();
    // Also of what nobody asks for any more: without their lease the gates of its Pods shut.
    former.stream()
        .flatMap(cluster -> cluster.workloads().stream())
        .filter(this::isThere)
        .forEach(spec -> workloads.put(spec.name(), spec));
    for (View view : views.values()) {
      Optional<WorkloadSpec> old = former.flatMap(c -> c.workload(view.ward().workload()));
      fresh(view)
          .map(spec -> AgentPlans.settled(spec, old))
          .ifPresent(spec -> workloads.put(spec.name(), spec));
    }
    boolean voted = workloads.values().stream().allMatch(spec -> hasVoters(spec, nodes));
    if (nodes.size() < AGENTS_LEAST || !voted || (workloads.isEmpty() && former.isEmpty())) {
      return Optional.empty();
    }
    return AgentPlans.cluster(nodes, workloads.values().stream().toList(), timing());
  }

  private static boolean hasVoters(WorkloadSpec spec, List<NodeSpec> nodes) {
    return nodes.stream().map(NodeSpec::name).toList().containsAll(spec.nodes());
  }

  private Optional<WorkloadSpec> fresh(View view) {
    Optional<Pod> active = view.serving().filter(pod -> wantsStandby(view, pod));
    Optional<Pod> standby = standby(view);
    Optional<Seats> chosen =
        Optional.ofNullable(seats.get(view.ward().key()))
            .filter(s -> s.standby().equals(standbyNode(view)));
    if (active.isEmpty() || standby.isEmpty() || chosen.isEmpty()) {
      return Optional.empty();
    }
    List<String> former = view.word().planned().map(WorkloadSpec::nodes).orElse(List.of());
    return AgentPlans.workload(view.ward(), active.get(), standby.get(), chosen.get(), former)
        .filter(spec -> mayBegin(spec, view.word()));
  }

  /**
   * A group with other members would not know of the leases and promises of the former one: a
   * workload keeps its voters as long as agents know it.
   */
  private static boolean mayBegin(WorkloadSpec spec, Word word) {
    return word.planned()
        .map(old -> Set.copyOf(old.nodes()).equals(Set.copyOf(spec.nodes())))
        .orElse(true);
  }

  /** The slowest one that anybody asks for: all agents have the same. */
  private Timing timing() {
    return Stream.concat(
            Stream.of(settings.timing()),
            views.values().stream()
                .flatMap(view -> view.ward().protection().stream())
                .map(Protection::timing))
        .max(Comparator.comparingLong(Timing::leaseNanos))
        .orElseThrow();
  }

  // ---- what to say -----------------------------------------------------------------------------

  private Progress progress(View view, List<Step> steps, Optional<Cluster> plan) {
    Ward ward = view.ward();
    if (ward.protection().isEmpty()) {
      return Progress.not("Withdrawn", "nothing asks for protection that could be understood");
    }
    if (!ward.isMirrored()) {
      return Progress.not(
          "NotCarriedOut", "of the strategies only mirror is carried out so far, not this one");
    }
    if (ward.door().isEmpty()) {
      return Progress.not(
          "NoService", "no Service with an IPv4 address and a TCP port selects its Pods");
    }
    int agents = world.fleet().members().size();
    if (view.word().planned().isEmpty() && agents < AGENTS_LEAST) {
      return Progress.not(
          "TooFewAgents", "%d agents answer, and a decision takes three".formatted(agents));
    }
    for (Step step : steps) {
      return step instanceof Step.Wait(var why)
          ? Progress.not("Waiting", why)
          : Progress.not("Acting", sentence(step));
    }
    return settled(view, plan);
  }

  private Progress settled(View view, Optional<Cluster> plan) {
    Optional<Pod> standby = standby(view);
    if (view.serving().isEmpty()) {
      return Progress.not("Waiting", "no single Pod serves");
    }
    if (standby.isEmpty()) {
      return Progress.not("NoNode", "no node with an agent may run its standby Pod");
    }
    String name = Observation.name(standby.get());
    if (!AgentPlans.isRunning(standby.get())) {
      return Progress.not("StandbyStarts", "standby Pod " + name + " does not run yet");
    }
    Optional<WorkloadSpec> wanted = plan.flatMap(c -> c.workload(view.ward().workload()));
    boolean told = view.word().planned().filter(p -> has(p, standby.get())).isPresent();
    if (!told || view.word().leader().isEmpty() || !wanted.equals(view.word().planned())) {
      return Progress.not("AgentsPrepare", "the agents are being told of standby Pod " + name);
    }
    var leader = view.word().leader().get();
    if (!leader.protectedNow()) {
      String error = leader.lastError().isEmpty() ? "" : ": " + leader.lastError();
      return Progress.not("CopyComes", "no copy is held yet" + error);
    }
    return new Progress(true, "Held", "standby Pod " + name + " holds a copy of what runs");
  }

  /** One line for people about a step. */
  public static String sentence(Step step) {
    return switch (step) {
      case Step.Wait(var why) -> why;
      case Step.SetDeletionCost(var pod, _, var cost) ->
          "Pod %s gets the deletion cost %s".formatted(pod, cost);
      case Step.Relabel(var pod, _, _) ->
          "Pod %s was promoted, and gets its ReplicaSet's labels".formatted(pod);
      case Step.Delete(var pod, _, var grace, var why) ->
          "Pod %s is deleted%s: %s".formatted(pod, grace.isPresent() ? " at once" : "", why);
      case Step.Create(var pod) -> "standby Pod " + Observation.name(pod) + " is made";
    };
  }
}
