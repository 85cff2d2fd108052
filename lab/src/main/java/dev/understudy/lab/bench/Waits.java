// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Bounded waits for what a cluster should come to. Looks are far apart, because the agents that
 * answer share the machine with what is measured.
 */
public final class Waits {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 50_000_000L;

  private final Stage stage;
  private final Time time;
  private final String workload;

  /** Waits for one workload of a stage. */
  public Waits(Stage stage, Time time, String workload) {
    this.stage = stage;
    this.time = time;
    this.workload = workload;
  }

  /** One look: the thing that was waited for, or empty. */
  @FunctionalInterface
  public interface Look<T> {
    /** Looks. */
    Optional<T> look() throws TrialException;
  }

  /** The node that runs the workload, and what its agent says about it. */
  public record Active(String node, WorkloadStatus workload) {}

  /** Waits for a copy that is held by a live standby. */
  Active untilProtected(String when, long limitNanos) throws TrialException, InterruptedException {
    return until(
        "the workload " + workload + " was not protected " + when, limitNanos, this::protectedNow);
  }

  /** Waits until every node is there and the workload is protected. */
  public Active untilWhole(String when, long limitNanos)
      throws TrialException, InterruptedException {
    return until(
        "the cluster was not whole " + when + " (every node heard, " + workload + " protected)",
        limitNanos,
        this::whole);
  }

  /** Waits for anything, with one look every 50 ms. */
  public <T> T until(String complaint, long limitNanos, Look<T> look)
      throws TrialException, InterruptedException {
    return until(complaint, limitNanos, LOOK_EVERY_NANOS, look);
  }

  /**
   * Waits for anything.
   *
   * @param complaint what is wrong when the limit has passed, without a full stop
   */
  <T> T until(String complaint, long limitNanos, long everyNanos, Look<T> look)
      throws TrialException, InterruptedException {
    long end = time.bootNanos() + limitNanos;
    while (true) {
      Optional<T> found = look.look();
      if (found.isPresent()) {
        return found.get();
      }
      if (time.bootNanos() >= end) {
        double seconds = (double) limitNanos / SECOND_NANOS;
        throw new TrialException(
            complaint + String.format(Locale.ROOT, " within %.0f s", seconds), evidence());
      }
      time.pause(everyNanos);
    }
  }

  /** The one protected active, if there is one right now. */
  Optional<Active> protectedNow() {
    List<Active> actives = new ArrayList<>();
    for (String node : stage.nodes()) {
      stage
          .status(node)
          .flatMap(this::row)
          .filter(row -> row.role().equals("active"))
          .ifPresent(row -> actives.add(new Active(node, row)));
    }
    return actives.size() == 1 && actives.getFirst().workload().protectedNow()
        ? Optional.of(actives.getFirst())
        : Optional.empty();
  }

  private Optional<Active> whole() {
    for (String node : stage.nodes()) {
      if (stage.status(node).isEmpty()) {
        return Optional.empty();
      }
    }
    int others = stage.nodes().size() - 1;
    return protectedNow()
        .filter(active ->
            stage.status(active.node()).filter(s -> s.peersHeard().size() == others).isPresent());
  }

  private Optional<WorkloadStatus> row(NodeStatus status) {
    return status.workloads().stream().filter(w -> w.name().equals(workload)).findFirst();
  }

  /** What each agent says about the workload, and the end of its log. */
  List<String> evidence() {
    List<String> lines = new ArrayList<>();
    for (String node : stage.nodes()) {
      lines.add(
          node + ": " + stage.status(node).map(this::summary).orElse("its agent does not answer"));
      for (String line : stage.logTail(node)) {
        lines.add(node + "| " + line);
      }
    }
    return lines;
  }

  private String summary(NodeStatus status) {
    return row(status)
        .map(row ->
            row.role()
                + ", "
                + row.state()
                + (row.protectedNow() ? ", protected" : "")
                + ", hears "
                + status.peersHeard()
                + ", "
                + row.verdict()
                + (row.lastError().isEmpty() ? "" : ", last error: " + row.lastError()))
        .orElse("knows no workload " + workload);
  }
}
