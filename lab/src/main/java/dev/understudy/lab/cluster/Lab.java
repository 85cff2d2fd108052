// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Signals;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.ReignNews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A running cluster on this machine. Started by {@link #up}, or found again by {@link #attach}.
 *
 * <p>Closing a lab that is bound to this process takes it away; closing another one only lets go of
 * it. Methods may be called from any thread.
 */
public final class Lab implements AutoCloseable {
  private final LabParts parts;
  private final Ending ending;

  /** What closing means. */
  interface Ending {
    void end() throws LabException;
  }

  Lab(LabParts parts, Ending ending) {
    this.parts = parts;
    this.ending = ending;
  }

  /**
   * Starts a cluster and waits until the agent of every node answers. A lab of that name that was
   * killed before is removed first, which the progress tells.
   *
   * @throws LabException when it runs already, when this machine cannot hold it, or when an agent
   *     does not answer in time; nothing is left behind then
   */
  public static Lab up(Cluster cluster, LabOptions options) throws LabException {
    return new LabStart(cluster, options).run();
  }

  /** Refuses with one sentence when this machine cannot hold a lab, before anything is done. */
  public static void requireHost() throws LabException {
    HostNeeds.check();
  }

  /**
   * Finds a running lab, to look at it or run commands in it.
   *
   * @param stateRoot where labs have their folders, see {@link LabOptions#defaultStateRoot()}
   */
  public static Lab attach(Path stateRoot, String name) throws LabException {
    LabParts parts = LabParts.attach(StateFolder.of(stateRoot, name), false);
    return new Lab(parts, parts::close);
  }

  /**
   * Finds a running lab, to crash and start nodes of it; until it is closed, nobody else may.
   *
   * @throws LabException also when another command has that right, for example the one that a lab
   *     is bound to
   */
  public static Lab attachToChange(Path stateRoot, String name) throws LabException {
    LabParts parts = LabParts.attach(StateFolder.of(stateRoot, name), true);
    return new Lab(parts, parts::close);
  }

  /** The names of the labs that run or were left by a killed command, sorted. */
  public static List<String> known(Path stateRoot) throws LabException {
    HostNeeds.check();
    return StateFolder.names(stateRoot);
  }

  /** The names of the labs that run, sorted. */
  public static List<String> running(Path stateRoot) throws LabException {
    HostNeeds.check();
    List<String> names = new ArrayList<>();
    for (String name : StateFolder.names(stateRoot)) {
      if (Teardown.running(StateFolder.of(stateRoot, name)).isPresent()) {
        names.add(name);
      }
    }
    return names;
  }

  /**
   * Takes a lab away, running or not.
   *
   * @return false when there was nothing to take away
   */
  public static boolean down(Path stateRoot, String name) throws LabException {
    StateFolder folder = StateFolder.of(stateRoot, name);
    HostNeeds.check();
    if (!folder.exists() && !Cgroups.ofHost().has(folder.group())) {
      return false;
    }
    try (LabLock _ = folder.lock()) {
      Teardown.run(folder);
      folder.remove();
    }
    return true;
  }

  /** The lab's name. */
  public String name() {
    return parts.folder().lab();
  }

  /** What it runs. */
  public Cluster cluster() {
    return parts.cluster();
  }

  /** The cluster's key, for clients of the control API. */
  public byte[] key() throws LabException {
    return parts.folder().key();
  }

  /** How the lab and every node and agent of it are now. */
  public LabStatus status() throws LabException {
    LabRecord record = parts.record();
    List<LabStatus.Node> rows = new ArrayList<>();
    for (LabRecord.Node node : record.nodes()) {
      rows.add(row(node));
    }
    return new LabStatus(
        record.lab(),
        record.life().name().toLowerCase(Locale.ROOT),
        parts.folder().path().toString(),
        record.keeper().pid(),
        Ipv4.text(parts.places().clientAddress()),
        List.copyOf(rows));
  }

  private LabStatus.Node row(LabRecord.Node node) throws LabException {
    String address = cluster().node(node.name()).map(NodeSpec::address).map(Ipv4::text).orElse("");
    Optional<ProcessMark> init = node.alive();
    if (init.isEmpty()) {
      return new LabStatus.Node(
          node.name(), address, "crashed", -1, node.offsetSeconds(), null, "the node is crashed");
    }
    long pid = init.get().pid();
    String state = parts.portIsUp(node) ? "up" : "isolated";
    try {
      NodeStatus agent = parts.control().status(init.get());
      return new LabStatus.Node(node.name(), address, state, pid, node.offsetSeconds(), agent, "");
    } catch (IOException e) {
      String problem = "the agent does not answer: " + e.getMessage();
      return new LabStatus.Node(
          node.name(), address, state, pid, node.offsetSeconds(), null, problem);
    }
  }

  /** What the agent of a node says about itself. */
  public NodeStatus status(String node) throws LabException {
    try {
      return parts.control().status(parts.init(node));
    } catch (IOException e) {
      throw LabException.failed(
          "The agent of node "
              + node
              + " does not answer: "
              + e.getMessage()
              + "; see \"understudy lab logs "
              + node
              + "\".",
          e);
    }
  }

  /**
   * The record of a node's agent.
   *
   * @param after the sequence number of the last event that is known already; 0 for all
   */
  public List<NodeEvent> events(String node, long after) throws LabException {
    try {
      return parts.control().events(parts.init(node), after);
    } catch (IOException e) {
      throw LabException.failed(
          "The agent of node " + node + " does not tell its events: " + e.getMessage() + ".", e);
    }
  }

  /**
   * Why the nodes of a workload's group did, or did not, take it over.
   *
   * @param node the one to ask, which then has to answer; empty for all of the group
   */
  public List<NodeExplanation> explain(String workload, Optional<String> node) throws LabException {
    List<String> members = members(workload);
    if (node.isPresent()) {
      parts.node(node.get());
      if (!members.contains(node.get())) {
        throw LabException.input(
            "Node %s is no member of the group of %s, which has %s."
                .formatted(node.get(), workload, String.join(", ", members)));
      }
      parts.init(node.get());
    }
    List<NodeExplanation> rows = new ArrayList<>();
    for (String member : node.map(List::of).orElse(members)) {
      rows.add(NodeExplanation.ask(parts, member, workload));
    }
    if (rows.stream().allMatch(row -> row.explanation() == null)) {
      throw LabException.failed(
          "Nobody explains "
              + workload
              + ": "
              + String.join("; ", rows.stream().map(NodeExplanation::problem).toList())
              + "; see \"understudy lab logs NODE\".");
    }
    return List.copyOf(rows);
  }

  private List<String> members(String workload) throws LabException {
    return cluster()
        .workload(workload)
        .orElseThrow(() ->
            LabException.input(
                "Lab %s has no workload %s; it has %s."
                    .formatted(
                        name(),
                        workload,
                        String.join(
                            ", ",
                            cluster().workloads().stream().map(WorkloadSpec::name).toList()))))
        .nodes();
  }

  /**
   * What a node's agent answers to a question for records, as JSON.
   *
   * @param cursor the place behind which to begin; empty for the start
   * @param waitMillis how long the agent waits for the first one
   */
  public byte[] records(String node, String cursor, long waitMillis) throws LabException {
    try {
      return parts.control().records(parts.init(node), cursor, waitMillis);
    } catch (IOException e) {
      throw LabException.failed(
          "The agent of node " + node + " does not tell its records: " + e.getMessage() + ".", e);
    }
  }

  /**
   * A node's CLOCK_BOOTTIME as this machine's. Each node has an offset of its own, so that times of
   * two nodes that are compared without this are days apart.
   */
  public long hostBootNanos(String node, long nodeBootNanos) throws LabException {
    return nodeBootNanos - parts.node(node).offsetSeconds() * 1_000_000_000L;
  }

  /**
   * Takes a node's power away: first its port at the switch, so that no dying process says goodbye,
   * then every process of it. Returns when both are done, without waiting for the kernel to bury
   * the processes.
   */
  public Crash crash(String node) throws LabException {
    ProcessMark init = parts.init(node);
    String port = parts.node(node).port();
    Crash crash = PowerCut.run(node, parts.wiring(), port, init);
    parts.update(r -> r.withInit(node, null));
    return crash;
  }

  /**
   * Starts a crashed node again, with the disk that it had. Returns when its PID 1 runs; the agent
   * comes up by and by, see {@link #awaitAgent}.
   */
  public void start(String node) throws LabException {
    if (parts.node(node).alive().isPresent()) {
      throw LabException.input("Node " + node + " is up: crash it first.");
    }
    parts.startNode(node);
  }

  /** Waits until the agent of a node that was started answers, half a minute at most. */
  public void awaitAgent(String node) throws LabException {
    parts.awaitAgent(node, LabOptions.AGENT_WAIT_NANOS);
  }

  /**
   * Restarts a node's agent; what is active there goes on meanwhile, under a maintenance lease.
   *
   * @param leaseMillis for so long it may go on; then its gate shuts by itself
   * @return the workloads that went on
   * @throws LabException also when the other nodes do not agree; nothing has changed then
   */
  public List<String> restartAgent(String node, long leaseMillis) throws LabException {
    return new AgentRestart(parts, node).run(leaseMillis);
  }

  /**
   * Tells the other nodes of a workload that a crashed node can have no effect any more.
   *
   * @return the nodes that were told
   * @throws LabException also when the node runs: then the word would not be true
   */
  public List<String> fence(String workload, String node) throws LabException {
    List<String> members = members(workload);
    LabRecord.Node fenced = parts.node(node);
    if (!members.contains(node)) {
      throw LabException.input(
          "Node %s is no member of the group of %s.".formatted(node, workload));
    }
    if (fenced.alive().isPresent()) {
      throw LabException.input(
          "Node %s runs, so it is not fenced; crash it with \"understudy lab crash-node %s\"."
              .formatted(node, node));
    }
    List<String> told = new ArrayList<>();
    for (String member : members) {
      Optional<ProcessMark> init = parts.node(member).alive();
      if (init.isPresent()) {
        try {
          parts.control().fence(init.get(), workload, node);
          told.add(member);
        } catch (IOException e) {
          throw LabException.failed(
              "The agent of node %s does not take that word: %s.".formatted(member, e.getMessage()),
              e);
        }
      }
    }
    return told;
  }

  /** Has every reign that begins passed on, from now on and beginning with the present ones. */
  public ReignWatch watch(Consumer<ReignNews> sink) {
    return ReignWatch.start(parts, sink);
  }

  /** Refuses the name of a workload that this lab does not have, in one sentence. */
  public void requireWorkload(String workload) throws LabException {
    List<String> _ = members(workload);
  }

  /** Cuts a node's port at the switch; its processes go on. Returns when the port is down. */
  public void isolate(String node) throws LabException {
    parts.init(node);
    try {
      parts.wiring().cut(parts.node(node).port());
    } catch (LinuxException e) {
      throw LabException.failed("Cannot isolate node " + node + ": " + e.getMessage() + ".", e);
    }
  }

  /**
   * Restores the port of an isolated node, lets an agent go on that was stopped, and takes away
   * what a killed command left of a fault at the switch.
   */
  public void heal(String node) throws LabException {
    parts.init(node);
    try {
      String port = parts.node(node).port();
      parts.wiring().closeDetour(port);
      parts.wiring().restore(port);
    } catch (LinuxException e) {
      throw LabException.failed("Cannot heal node " + node + ": " + e.getMessage() + ".", e);
    }
    // Rules of a fault that is in force stay; those that nobody remembers go.
    parts.filter().add(List.of());
    letGoOn(node);
  }

  /** Of the node's processes only its agent: held copies are to stand still. */
  private void letGoOn(String node) throws LabException {
    String main = parts.record().agents().main().getFirst();
    List<ProcessHandle> children =
        ProcessHandle.of(parts.init(node).pid()).stream().flatMap(ProcessHandle::children).toList();
    for (ProcessHandle child : children) {
      boolean agent = child.info().arguments().stream().anyMatch(a -> List.of(a).contains(main));
      if (agent) {
        signal(node, child.pid(), Signals.SIGCONT);
      }
    }
  }

  private static void signal(String node, long pid, int signal) throws LabException {
    try (PidFd process = PidFd.open(pid)) {
      process.signal(signal);
    } catch (LinuxException e) {
      throw LabException.failed(
          "Cannot let the agent of " + node + " go on: " + e.getMessage() + ".", e);
    }
  }

  /** Breaks something until the fault is closed. */
  public OngoingFault begin(FaultSpec fault) throws LabException {
    return Faults.begin(this, parts, fault);
  }

  /** The agent's process as this machine numbers it. */
  public long agentPid(String node) throws LabException {
    try {
      OptionalLong found = HostPids.find(parts.init(node).pid(), status(node).pid());
      return found.orElseThrow(
          () -> LabException.failed("The agent of node " + node + " has just ended."));
    } catch (IOException e) {
      throw LabException.failed(
          "The agent of node " + node + " cannot be found: " + e.getMessage() + ".", e);
    }
  }

  /**
   * What the agents of a node have recorded, of all their starts as far as their disk goes back,
   * oldest first. It does not matter whether the node is up.
   */
  public List<NodeEvent> journal(String node) throws LabException {
    parts.node(node);
    Path disk = parts.folder().nodeFolder(node).resolve("disk");
    return JournalFiles.read(node, disk);
  }

  /** The network namespace of the switch, for threads that join it. */
  public Path switchNetns() {
    return Switch.netns(parts.record().keeper());
  }

  /** The names of the nodes by those of their links at the switch. */
  public Map<String, String> nodesByPort() {
    Map<String, String> all = new TreeMap<>();
    parts.record().nodes().forEach(node -> all.put(node.port(), node.name()));
    return all;
  }

  /** The outside client's network namespace, for threads that join it. */
  public Path clientNetns() throws LabException {
    return Switch.netns(parts.client());
  }

  /** A node's network namespace; it ends when the node crashes. */
  public Path nodeNetns(String node) throws LabException {
    return Switch.netns(parts.init(node));
  }

  /** The address of the outside client, IPv4 in host order. */
  public int clientAddress() {
    return parts.places().clientAddress();
  }

  /** The command line that runs a command inside a node, in the root folder there. */
  public List<String> execCommand(String node, List<String> command) throws LabException {
    return Spaces.inside(parts.init(node), "/", command);
  }

  /** The command line that runs a command in the outside client, in a folder. */
  public List<String> clientCommand(Path workingFolder, List<String> command) throws LabException {
    return Spaces.inside(parts.client(), workingFolder.toString(), command);
  }

  /** The file with the output of a node's agent; it survives crashes. */
  public Path agentLog(String node) throws LabException {
    parts.node(node);
    return parts.folder().agentLog(node);
  }

  /** The file with the output of a workload on a node; it is there once that ran there. */
  public Path workloadLog(String node, String workload) throws LabException {
    parts.node(node);
    members(workload);
    return parts.folder().nodeFolder(node).resolve("disk/logs").resolve(workload + ".log");
  }

  /** Lets go of the lab; takes it away if it is bound to this process. More calls do nothing. */
  @Override
  public void close() throws LabException {
    ending.end();
  }
}
