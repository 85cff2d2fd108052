// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.act;

import dev.understudy.api.control.AgentPlan;
import dev.understudy.operator.plan.Course;
import dev.understudy.operator.plan.Door;
import dev.understudy.operator.plan.Fleet;
import dev.understudy.operator.plan.Progress;
import dev.understudy.operator.plan.Step;
import dev.understudy.operator.plan.Ward;
import dev.understudy.operator.reconcile.DeploymentReconciler.Asking;
import dev.understudy.operator.reconcile.EventRecorder;
import dev.understudy.operator.reconcile.Notice;
import dev.understudy.operator.wish.Protection;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks, decides and acts, on one thread: each second, and when Pods change. What did not work is
 * said and seen again at the next look; nothing is remembered but what was said.
 */
public final class Steward {
  private static final long EVERY_MILLIS = 1_000;

  /** A plan costs: it is brought when it has been the same for so many looks. */
  private static final int STEADY_LOOKS = 2;

  private static final int BROKEN = 70;

  /**
   * What it works with.
   *
   * @param asking all Deployments
   * @param events says things about Deployments
   * @param progress is told of each protected Deployment, and when one is not any more
   */
  public record Surroundings(
      KubernetesClient client,
      Optional<String> namespace,
      Supplier<List<Asking>> asking,
      EventRecorder events,
      BiConsumer<ResourceID, Optional<Progress>> progress) {}

  private final Surroundings around;
  private final Course.Settings settings;
  private final Hands hands;
  private final Agents agents;
  private final Semaphore bell = new Semaphore(0);
  private final SortedMap<String, Progress> said = new TreeMap<>();
  private String wanted = "";
  private int looksWanted;

  /** With the key that the agents have. */
  public Steward(Surroundings around, Course.Settings settings, byte[] key) {
    this.around = around;
    this.settings = settings;
    this.hands = new Hands(around.client());
    this.agents = new Agents(key);
  }

  /** Acts from now on, until the process ends. */
  public void start() {
    Thread.ofPlatform().name("steward").daemon().start(this::work);
  }

  private void work() {
    try (Watches watches = Watches.open(around.client(), around.namespace(), bell::release)) {
      while (true) {
        look(watches);
        if (bell.tryAcquire(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error broken) {
      System.err.println("operator: the steward cannot go on");
      broken.printStackTrace();
      Runtime.getRuntime().halt(BROKEN);
    }
  }

  private void look(Watches watches) throws InterruptedException {
    Fleet fleet = agents.look(watches.addresses());
    List<Ward> wards = wards(watches, fleet);
    Set<String> pods =
        watches.pods().stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && !isOver(pod))
            .map(pod -> pod.getMetadata().getUid())
            .collect(Collectors.toSet());
    Course.Whole whole = Course.of(new Course.World(wards, watches.nodes(), fleet, pods), settings);
    Optional<String> refused = bring(whole.plan(), fleet);
    Set<String> seen = new HashSet<>();
    for (Course.Decision decision : whole.decisions()) {
      seen.add(decision.ward().key());
      Progress progress = carryOut(decision);
      tell(
          decision.ward().deployment(),
          refused.isPresent() && !progress.holds()
              ? new Progress(false, "PlanRefused", refused.get())
              : progress);
    }
    for (String key : List.copyOf(said.keySet())) {
      if (!seen.contains(key)) {
        said.remove(key);
        int slash = key.indexOf('/');
        around
            .progress()
            .accept(
                new ResourceID(key.substring(slash + 1), key.substring(0, slash)),
                Optional.empty());
      }
    }
  }

  private static boolean isOver(Pod pod) {
    return pod.getStatus() != null
        && Set.of("Failed", "Succeeded").contains(String.valueOf(pod.getStatus().getPhase()));
  }

  /** Everything that asks for protection, or still has a part of it. */
  private List<Ward> wards(Watches watches, Fleet fleet) {
    List<Pod> all = watches.pods();
    Set<String> withStandby =
        all.stream().flatMap(pod -> Ward.standbyOf(pod).stream()).collect(Collectors.toSet());
    List<Ward> wards = new ArrayList<>();
    for (Asking asking : around.asking().get()) {
      Deployment deployment = asking.deployment();
      String uid = deployment.getMetadata().getUid();
      boolean concerns =
          !(asking.wish() instanceof Wish.Absent)
              || withStandby.contains(uid)
              || Ward.isKnown(fleet, deployment);
      if (concerns && deployment.getMetadata().getDeletionTimestamp() == null) {
        wards.add(ward(asking, watches, all));
      }
    }
    return wards;
  }

  private static Ward ward(Asking asking, Watches watches, List<Pod> all) {
    Deployment deployment = asking.deployment();
    Optional<Protection> protection =
        asking.wish() instanceof Wish.Asked(var asked, _) ? Optional.of(asked) : Optional.empty();
    List<ReplicaSet> sets = watches.sets(deployment.getMetadata().getUid());
    Set<String> uids =
        sets.stream().map(set -> set.getMetadata().getUid()).collect(Collectors.toSet());
    List<Pod> pods =
        all.stream()
            .filter(pod -> isIn(deployment, pod))
            .filter(pod -> Ward.isOf(deployment, uids, pod, Watches.controller(pod)))
            .toList();
    Optional<Door> door =
        Door.of(
            deployment,
            watches.services(deployment.getMetadata().getNamespace()),
            protection.flatMap(Protection::address));
    return new Ward(deployment, sets, pods, protection, door);
  }

  private static boolean isIn(HasMetadata owner, HasMetadata one) {
    return owner.getMetadata().getNamespace().equals(one.getMetadata().getNamespace());
  }

  /** What was not taken is said; what had changed meanwhile is looked at again. */
  private Progress carryOut(Course.Decision decision) {
    Deployment deployment = decision.ward().deployment();
    for (Step step : decision.steps()) {
      if (step instanceof Step.Wait) {
        continue;
      }
      String sentence = Course.sentence(step);
      try {
        hands.carryOut(step, deployment.getMetadata().getNamespace());
        System.err.println("operator: " + decision.ward().key() + ": " + sentence);
        say(deployment, new Notice(false, "ProtectionStep", sentence));
      } catch (KubernetesClientException e) {
        System.err.println(
            "operator: " + decision.ward().key() + ": " + sentence + ": " + e.getMessage());
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
            && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
          return new Progress(false, "StepFailed", sentence + ": " + e.getMessage());
        }
      }
    }
    return decision.progress();
  }

  private void tell(Deployment deployment, Progress now) {
    ResourceID id = ResourceID.fromResource(deployment);
    around.progress().accept(id, Optional.of(now));
    String key = deployment.getMetadata().getNamespace() + "/" + deployment.getMetadata().getName();
    Progress before = said.put(key, now);
    if (now.equals(before)) {
      return;
    }
    System.err.println("operator: " + key + ": " + now);
    boolean turned = before == null ? now.holds() : before.holds() != now.holds();
    boolean failed = now.reason().equals("StepFailed") || now.reason().equals("PlanRefused");
    if (turned || failed) {
      String reason = now.holds() ? "Protected" : failed ? "ProtectionFailed" : "Unprotected";
      say(deployment, new Notice(!now.holds(), reason, now.message()));
    }
  }

  private void say(Deployment about, Notice notice) {
    try {
      around.events().say(around.client(), about, notice);
    } catch (KubernetesClientException e) {
      // What is not heard of may still be done; whoever looks at the log finds it.
      System.err.println("operator: cannot say " + notice + ": " + e.getMessage());
    }
  }

  // ---- the agents' plan ------------------------------------------------------------------------

  /**
   * Brings a plan to all agents that answer and do not have it: to those that are active for
   * nothing first, so that nobody takes over from an agent that goes over to it.
   */
  private Optional<String> bring(Optional<String> plan, Fleet fleet) throws InterruptedException {
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    looksWanted = plan.get().equals(wanted) ? looksWanted + 1 : 1;
    wanted = plan.get();
    if (looksWanted < STEADY_LOOKS) {
      return Optional.empty();
    }
    AgentPlan newest = fleet.newest();
    AgentPlan next =
        newest.clusterFile().equals(wanted) ? newest : new AgentPlan(newest.revision() + 1, wanted);
    Optional<String> refused = Optional.empty();
    for (boolean leading : new boolean[] {false, true}) {
      for (Map.Entry<String, Fleet.Member> one : fleet.members().entrySet()) {
        Fleet.Member member = one.getValue();
        if (member.answers() && leads(member) == leading && !member.plan().equals(next)) {
          Integer address = fleet.addresses().get(one.getKey());
          System.err.println("operator: plan " + next.revision() + " for " + one.getKey());
          if (address != null) {
            Optional<String> why = agents.bring(address, next);
            refused = why.isPresent() ? why : refused;
          }
        }
      }
    }
    return refused;
  }

  private static boolean leads(Fleet.Member member) {
    return member.status().stream()
        .flatMap(status -> status.workloads().stream())
        .anyMatch(row -> row.role().equals("active"));
  }
}
