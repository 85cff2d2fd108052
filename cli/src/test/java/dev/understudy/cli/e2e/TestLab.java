// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.LabOptions;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A lab of a cluster file, which ends with the test, and what tests want to know of it. */
final class TestLab implements AutoCloseable {
  /** Only a test that fails waits so long; a machine that is busy with others may need it. */
  private static final double PATIENCE_SECONDS = 90;

  final Lab lab;

  private TestLab(Lab lab) {
    this.lab = lab;
  }

  static TestLab up(Path folder, Tools tools, String yaml) throws Exception {
    return up(folder, tools, yaml, () -> {});
  }

  /** Something to be done when the file has been checked and nothing was started yet. */
  interface Between {
    void run() throws IOException;
  }

  static TestLab up(Path folder, Tools tools, String yaml, Between between) throws Exception {
    Path file = Files.writeString(folder.resolve("cluster.yaml"), yaml);
    Cluster cluster = ClusterFile.read(file);
    between.run();
    LabOptions options =
        LabOptions.of(cluster.name(), tools.criu(), tools.runc())
            .stateRoot(folder.resolve("state"))
            .boundToThisProcess();
    return new TestLab(Lab.up(cluster, options));
  }

  /** The usual three nodes, and workloads as the lines of a list. */
  static String cluster(String name, String workloads) {
    return "cluster: %s\nnodes: [{name: a}, {name: b}, {name: c}]\nworkloads:\n%s"
        .formatted(name, workloads.indent(2));
  }

  /** The same under times that no standstill of a busy machine can touch. */
  static String relaxed(String name, String workloads) {
    return "timing: relaxed\n" + cluster(name, workloads);
  }

  // ---- what is
  // -----------------------------------------------------------------------------------

  List<String> nodes() {
    return lab.cluster().nodes().stream().map(NodeSpec::name).toList();
  }

  Optional<NodeStatus> status(String node) {
    try {
      return Optional.of(lab.status(node));
    } catch (LabException silent) {
      return Optional.empty();
    }
  }

  Optional<WorkloadStatus> row(String node, String workload) {
    return status(node).stream()
        .flatMap(s -> s.workloads().stream())
        .filter(w -> w.name().equals(workload))
        .findFirst();
  }

  List<String> actives(String workload) {
    return nodes().stream()
        .filter(n -> row(n, workload).filter(w -> w.role().equals("active")).isPresent())
        .toList();
  }

  /** The active node if there is just one and it is protected. */
  Optional<String> protectedOn(String workload) {
    List<String> actives = actives(workload);
    return actives.size() == 1
        ? row(actives.getFirst(), workload)
            .filter(WorkloadStatus::protectedNow)
            .map(_ -> actives.getFirst())
        : Optional.empty();
  }

  /** Its events of that kind, of every node that answers, oldest first. */
  List<NodeEvent> events(String workload, String kind) throws LabException {
    List<NodeEvent> found = new ArrayList<>();
    for (String node : nodes()) {
      if (status(node).isPresent()) {
        lab.events(node, 0).stream()
            .filter(e -> e.workload().equals(workload) && e.kind().equals(kind))
            .forEach(found::add);
      }
    }
    return found;
  }

  String get(String workload, String path) throws Exception {
    WorkloadSpec spec = spec(workload);
    return Http.get(lab.clientNetns(), Ipv4.text(spec.address()), spec.port(), path);
  }

  /** The same from inside a node. */
  Optional<String> getFrom(String node, String workload, String path) throws LabException {
    WorkloadSpec spec = spec(workload);
    return Http.tryGet(lab.nodeNetns(node), Ipv4.text(spec.address()), spec.port(), path);
  }

  String talk(String workload, String text) throws Exception {
    WorkloadSpec spec = spec(workload);
    return Http.talk(lab.clientNetns(), Ipv4.text(spec.address()), spec.port(), text);
  }

  private WorkloadSpec spec(String workload) {
    return lab.cluster().workload(workload).orElseThrow();
  }

  // ---- what is to come
  // ---------------------------------------------------------------------------

  String awaitProtected(String workload) throws Exception {
    return Wait.until(
        workload + " protected", PATIENCE_SECONDS, this::evidence, () -> protectedOn(workload));
  }

  /** Protected, and every node heard by the active. */
  String awaitWhole(String workload) throws Exception {
    return Wait.until(
        workload + " protected with every node there",
        PATIENCE_SECONDS,
        this::evidence,
        () ->
            protectedOn(workload)
                .filter(n ->
                    nodes().stream().allMatch(m -> status(m).isPresent())
                        && status(n).orElseThrow().peersHeard().size() == nodes().size() - 1));
  }

  /** Waits until a standby holds a generation that was captured wholly after this call. */
  void awaitCopyOfNow(String workload) throws Exception {
    long now = bootNanos();
    // The first one may come to nothing, when a lapse ends its reign.
    await(
        "a capture of " + workload + " from now on to be held",
        () ->
            events(workload, NodeEvent.HELD).stream()
                .map(held -> held.details().getOrDefault("generation", ""))
                .anyMatch(capturedAfter(workload, now)::contains));
  }

  private Set<String> capturedAfter(String workload, long now) throws LabException {
    Set<String> generations = new TreeSet<>();
    for (NodeEvent event : events(workload, NodeEvent.CAPTURED)) {
      long began = Long.parseLong(event.details().getOrDefault("began_boot_nanos", "0"));
      if (lab.hostBootNanos(event.node(), began) > now) {
        generations.add(event.details().getOrDefault("generation", "?"));
      }
    }
    return generations;
  }

  /** Waits until somebody answers, and returns the answer. */
  String awaitAnswer(String workload, String path) throws Exception {
    return Wait.until(
        "an answer of " + workload,
        PATIENCE_SECONDS,
        this::evidence,
        () -> {
          try {
            return Optional.of(get(workload, path));
          } catch (IOException silence) {
            return Optional.empty();
          }
        });
  }

  void await(String what, java.util.concurrent.Callable<Boolean> condition) throws Exception {
    Wait.that(what, PATIENCE_SECONDS, this::evidence, condition);
  }

  private static long bootNanos() {
    return dev.understudy.agent.linux.Clock.bootNanos();
  }

  /** What every node says of itself, and its decisions, for the message of a failed test. */
  String evidence() {
    StringBuilder all = new StringBuilder();
    for (String node : nodes()) {
      all.append(node).append(": ").append(status(node)).append('\n');
      try {
        for (NodeEvent e : lab.events(node, 0)) {
          if (!e.kind().equals(NodeEvent.CAPTURED) && !e.kind().equals(NodeEvent.HELD)) {
            long at = lab.hostBootNanos(node, e.bootNanos()) / 1_000_000;
            all.append("  %d %s %s %s%n".formatted(at, e.workload(), e.kind(), e.details()));
          }
        }
      } catch (LabException silent) {
        all.append("  ").append(silent.getMessage()).append('\n');
      }
    }
    return all.toString();
  }

  @Override
  public void close() throws LabException {
    lab.close();
  }
}
