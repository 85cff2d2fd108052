// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a running lab consists of, and how its pieces are started. */
final class LabParts implements AutoCloseable {
  private static final int LOG_LINES = 8;
  private static final int ENDINGS_MOST = 3;
  private static final int ENDING_LINES = 1_000;

  private final StateFolder folder;
  private final Cluster cluster;
  private final Places places;
  private final Cgroups cgroups;
  private final Switch wiring;
  private final SwitchFilter filter;
  private final ControlClient control;
  private final Optional<LabLock> lock;
  private LabRecord record;

  /**
   * @param lock the right to change the lab, to be released with these parts; empty for a lab that
   *     is only looked at
   */
  LabParts(StateFolder folder, Cluster cluster, LabRecord record, Optional<LabLock> lock)
      throws LabException {
    this.lock = lock;
    this.folder = folder;
    this.cluster = cluster;
    this.record = record;
    this.places = new Places(folder, cluster);
    this.cgroups = Cgroups.ofHost();
    this.control = new ControlClient(folder.key());
    this.wiring = Switch.of(record.keeper());
    this.filter = SwitchFilter.of(record.keeper());
  }

  /** The parts of a running lab; with the right to change it, if asked for. */
  static LabParts attach(StateFolder folder, boolean change) throws LabException {
    HostNeeds.check();
    runningRecord(folder);
    Optional<LabLock> lock = change ? Optional.of(folder.lock()) : Optional.empty();
    boolean done = false;
    try {
      Path file = folder.file("cluster.yaml");
      LabParts parts = new LabParts(folder, ClusterFile.read(file), runningRecord(folder), lock);
      done = true;
      return parts;
    } catch (ClusterFileException e) {
      throw LabException.failed(
          "Lab "
              + folder.lab()
              + " has a cluster file that this version refuses: "
              + e.getMessage(),
          e);
    } finally {
      if (!done && lock.isPresent()) {
        lock.get().close();
      }
    }
  }

  private static LabRecord runningRecord(StateFolder folder) throws LabException {
    Optional<LabRecord> running = folder.exists() ? Teardown.running(folder) : Optional.empty();
    return running.orElseThrow(() ->
        LabException.input(
            "Lab " + folder.lab() + " does not run; start it with \"understudy lab up\"."));
  }

  StateFolder folder() {
    return folder;
  }

  Cluster cluster() {
    return cluster;
  }

  Places places() {
    return places;
  }

  Switch wiring() {
    return wiring;
  }

  SwitchFilter filter() {
    return filter;
  }

  ControlClient control() {
    return control;
  }

  synchronized LabRecord record() {
    return record;
  }

  /** Changes what is remembered, on disk first. */
  synchronized void update(UnaryOperator<LabRecord> change) throws LabException {
    if (lock.isEmpty()) {
      throw new IllegalStateException("lab " + folder.lab() + " was opened to look at it only");
    }
    LabRecord changed = change.apply(record);
    folder.write(changed);
    record = changed;
  }

  LabRecord.Node node(String name) throws LabException {
    LabRecord now = record();
    return now.node(name)
        .orElseThrow(() ->
            LabException.input(
                "Lab "
                    + now.lab()
                    + " has no node "
                    + name
                    + "; it has "
                    + String.join(", ", now.nodes().stream().map(LabRecord.Node::name).toList())
                    + "."));
  }

  /** PID 1 of a node that is up. */
  ProcessMark init(String name) throws LabException {
    return node(name)
        .alive()
        .orElseThrow(() ->
            LabException.input(
                "Node "
                    + name
                    + " is crashed; start it with \"understudy lab start-node "
                    + name
                    + "\"."));
  }

  /** PID 1 of the outside client. */
  ProcessMark client() throws LabException {
    @Nullable ProcessMark client = record().client();
    if (client == null || !client.alive()) {
      throw LabException.failed(
          "The client of lab " + folder.lab() + " is gone; take the lab down and up again.");
    }
    return client;
  }

  boolean portIsUp(LabRecord.Node node) throws LabException {
    try {
      return wiring.isUp(node.port());
    } catch (LinuxException e) {
      throw LabException.failed("Cannot ask the switch: " + e.getMessage() + ".", e);
    }
  }

  void startClient() throws LabException {
    List<String> command = Spaces.clientCommand(folder, record().keeper());
    try (Spawned client =
        Spawned.start(
            "the client", command, Spaces.clientEnvironment(folder), folder.file("client.log"))) {
      wiring.connect(Switch.CLIENT_PORT, client.init(), places.clientUplink());
      update(r -> r.withClient(client.init()));
      client.say("go");
    }
  }

  /** Starts a node's PID 1 and connects it; its agent comes up by and by. */
  void startNode(String name) throws LabException {
    LabRecord now = record();
    LabRecord.Node node = node(name);
    List<Path> groups = cgroups.make(folder.group(), name);
    List<String> command = places.nodeCommand(now.keeper(), node, now.agents(), cgroups);
    try (Spawned init =
        Spawned.start(
            "Node " + name,
            command,
            places.nodeEnvironment(node, cgroups, groups),
            folder.agentLog(name))) {
      wiring.connect(node.port(), init.init(), places.nodeUplink(name));
      // Remembered before it may go on: what runs is always known.
      update(r -> r.withInit(name, init.init()));
      init.say("go");
    }
  }

  /** Waits until a node's agent answers. */
  void awaitAgent(String name, long waitNanos) throws LabException {
    long deadline = Clock.bootNanos() + waitNanos;
    String last = "it was not asked yet";
    while (Clock.bootNanos() < deadline) {
      ProcessMark init = node(name).alive().orElse(null);
      if (init == null) {
        throw unanswered(name, "its PID 1 ended");
      }
      if (endings(name) >= ENDINGS_MOST) {
        throw unanswered(name, "it ends as soon as it is started");
      }
      try {
        String answered = control.status(init).node();
        if (!answered.equals(name)) {
          throw new IllegalStateException("the agent of " + name + " says it is " + answered);
        }
        return;
      } catch (IOException e) {
        last = e.getMessage() == null ? e.toString() : e.getMessage();
      }
      Pause.millis(50);
    }
    throw unanswered(name, "not within " + waitNanos / 1_000_000_000L + " s, last: " + last);
  }

  /** How often the agent has ended since its node was started, by the words of node.sh. */
  private long endings(String name) {
    String start = "node " + name + ": started";
    String end = "node " + name + ": the agent ended";
    long count = 0;
    for (String line : StateFolder.tail(folder.agentLog(name), ENDING_LINES).lines().toList()) {
      count = line.equals(start) ? 0 : line.startsWith(end) ? count + 1 : count;
    }
    return count;
  }

  private LabException unanswered(String name, String why) {
    return LabException.failed(
        "The agent of node "
            + name
            + " does not answer: "
            + why
            + "; the end of "
            + folder.agentLog(name)
            + ":\n"
            + StateFolder.tail(folder.agentLog(name), LOG_LINES));
  }

  @Override
  public void close() throws LabException {
    wiring.close();
    filter.close();
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
