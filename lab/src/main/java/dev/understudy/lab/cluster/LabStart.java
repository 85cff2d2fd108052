// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.runtime.ImageArchive;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Starts a lab, one step after the other, and takes it away again when a step fails or this process
 * is told to end. Each step and the taking away exclude one another, so that nothing is made after
 * it was looked for.
 */
final class LabStart {
  private final Cluster cluster;
  private final LabOptions options;
  private final StateFolder folder;
  private final ReentrantLock stepping = new ReentrantLock();
  private final Thread hook = new Thread(this::interrupted, "lab-down");

  private @Nullable LabLock lock;
  private @Nullable Spawned keeper;
  private @Nullable LabParts parts;
  private boolean over;

  LabStart(Cluster cluster, LabOptions options) throws LabException {
    this.cluster = cluster;
    this.options = options;
    this.folder = StateFolder.of(options.stateRoot(), options.lab());
  }

  private interface Step {
    void run() throws LabException;
  }

  Lab run() throws LabException {
    HostNeeds.check();
    Runtime.getRuntime().addShutdownHook(hook);
    boolean done = false;
    try {
      step(() -> lock = folder.lock());
      step(this::clearPlace);
      step(this::checkImages);
      step(this::startKeeper);
      LabParts started = started();
      step(started::startClient);
      for (NodeSpec node : cluster.nodes()) {
        tell("starting node " + node.name());
        step(() -> started.startNode(node.name()));
      }
      for (NodeSpec node : cluster.nodes()) {
        awaitAgent(started, node.name());
        tell("node " + node.name() + " answers");
      }
      Lab lab = new Lab(started, options.bound() ? this::takeAway : started::close);
      if (!options.bound()) {
        step(this::letGo);
      }
      done = true;
      return lab;
    } finally {
      if (!done) {
        takeAway();
      }
    }
  }

  /** Unpacks each image once for trial, so that a bad one is refused before anything starts. */
  private void checkImages() throws LabException {
    for (WorkloadSpec workload : cluster.workloads()) {
      if (workload.image().isPresent()) {
        try {
          ImageArchive.check(workload, folder.file("trial"));
        } catch (IOException e) {
          throw LabException.input(
              "Workload " + workload.name() + " cannot start: " + e.getMessage() + ".");
        }
      }
    }
  }

  private void awaitAgent(LabParts started, String node) throws LabException {
    try {
      started.awaitAgent(node, LabOptions.AGENT_WAIT_NANOS);
    } catch (LabException e) {
      // Who is told to end takes the agents away, which is no fault of theirs.
      step(() -> {});
      throw e;
    }
  }

  private void step(Step step) throws LabException {
    stepping.lock();
    try {
      if (over) {
        throw LabException.failed("Lab " + folder.lab() + " is being taken away.");
      }
      step.run();
    } finally {
      stepping.unlock();
    }
  }

  private void clearPlace() throws LabException {
    Optional<LabRecord> running = Teardown.running(folder);
    if (running.isPresent() && running.get().life() == LabRecord.Life.PERSISTENT) {
      // Not ours to take away: forget that we came.
      over = true;
      release();
      forgetHook();
      throw LabException.input(
          "Lab "
              + folder.lab()
              + " runs already; take it down with \"understudy lab down --lab "
              + folder.lab()
              + "\" or choose another name with --lab.");
    }
    if (Teardown.leftOvers(folder)) {
      tell("removing what a killed run of lab " + folder.lab() + " left");
      Teardown.run(folder);
    }
    folder.prepare(
        ClusterFile.write(cluster), cluster.nodes().stream().map(NodeSpec::name).toList());
  }

  private void startKeeper() throws LabException {
    Places places = new Places(folder, cluster);
    tell("starting lab " + folder.lab() + " in " + folder.path());
    Spawned started =
        Spawned.start("The keeper", places.keeperCommand(), Map.of(), folder.file("keeper.log"));
    keeper = started;
    Switch.make(started.init());
    LabRecord record =
        new LabRecord(
            folder.lab(),
            HostNeeds.bootId(),
            options.bound() ? LabRecord.Life.BOUND : LabRecord.Life.STARTING,
            started.init(),
            null,
            new LabRecord.Agents(
                List.copyOf(options.agent()), options.criu().toString(), options.runc().toString()),
            places.nodes());
    folder.write(record);
    parts = new LabParts(folder, cluster, record, Optional.ofNullable(lock));
  }

  private LabParts started() {
    LabParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the keeper's step leaves the parts");
    }
    return now;
  }

  /** From here on the lab stays without this process. */
  private void letGo() throws LabException {
    Spawned held = keeper;
    if (held == null) {
      throw new IllegalStateException("the keeper's step leaves the keeper");
    }
    held.say("stay");
    started().update(r -> r.withLife(LabRecord.Life.PERSISTENT));
    held.close();
    over = true;
    forgetHook();
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending already; the hook finds nothing left to do.
    }
  }

  private void interrupted() {
    stepping.lock();
    try {
      if (!over) {
        tell("taking lab " + folder.lab() + " away");
      }
      takeAwayNow();
    } finally {
      stepping.unlock();
    }
  }

  /** Ends everything that was started, whatever it was; more calls do nothing. */
  private void takeAway() {
    stepping.lock();
    try {
      takeAwayNow();
      forgetHook();
    } finally {
      stepping.unlock();
    }
  }

  private void takeAwayNow() {
    if (over) {
      return;
    }
    over = true;
    // An interrupt that brought us here must not cut this short.
    boolean interrupted = Thread.interrupted();
    try {
      Spawned held = keeper;
      if (held != null) {
        held.close();
        Teardown.kill(held.init());
      }
      if (lock != null) {
        Teardown.run(folder);
        folder.remove();
      }
      if (parts != null) {
        parts.close();
      }
      release();
    } catch (LabException e) {
      // The caller is on its way out already, with a reason of its own.
      tell(e.getMessage() + " \"understudy lab down --lab " + folder.lab() + "\" tries again.");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void release() throws LabException {
    LabLock held = lock;
    lock = null;
    if (held != null) {
      held.close();
    }
  }

  private void tell(String line) {
    options.progress().accept(line);
  }
}
