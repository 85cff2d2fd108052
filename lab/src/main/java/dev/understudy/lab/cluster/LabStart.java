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
import org.jspecify.annotations.Nullable;

/** Starts a lab. */
final class LabStart {
  private final Cluster cluster;
  private final LabOptions options;
  private final StateFolder folder;
  private final Startup startup;
  private @Nullable LabParts parts;

  LabStart(Cluster cluster, LabOptions options) throws LabException {
    this.cluster = cluster;
    this.options = options;
    this.folder = StateFolder.of(options.stateRoot(), options.lab());
    this.startup =
        new Startup(
            folder,
            options.progress(),
            () -> Teardown.run(folder),
            "understudy lab down --lab " + folder.lab());
  }

  Lab run() throws LabException {
    HostNeeds.check();
    startup.begin();
    boolean done = false;
    try {
      startup.step(this::clearPlace);
      startup.longStep(this::checkImages);
      startup.step(this::startKeeper);
      LabParts started = started();
      startup.step(started::startClient);
      for (NodeSpec node : cluster.nodes()) {
        tell("starting node " + node.name());
        startup.step(() -> started.startNode(node.name()));
      }
      for (NodeSpec node : cluster.nodes()) {
        awaitAgent(started, node.name());
        tell("node " + node.name() + " answers");
      }
      Lab lab = new Lab(started, options.bound() ? startup::takeAway : started::close);
      if (!options.bound()) {
        startup.step(
            () -> startup.letGo(() -> started.update(r -> r.withLife(LabRecord.Life.PERSISTENT))));
      }
      done = true;
      return lab;
    } finally {
      if (!done) {
        startup.takeAway();
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
      startup.step(() -> {});
      throw e;
    }
  }

  private void clearPlace() throws LabException {
    startup.takeLock();
    Optional<LabRecord> running = Teardown.running(folder);
    if (running.isPresent() && running.get().life() == LabRecord.Life.PERSISTENT) {
      startup.withdraw();
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
        Spawned.start(
            "The keeper", Spaces.keeperCommand(folder), Map.of(), folder.file("keeper.log"));
    startup.keep(started);
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
    LabParts made = new LabParts(folder, cluster, record, startup.lock());
    startup.whenTakenAway(made::close);
    parts = made;
  }

  private LabParts started() {
    LabParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the keeper's step leaves the parts");
    }
    return now;
  }

  private void tell(String line) {
    options.progress().accept(line);
  }
}
