// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.ShipClient;
import dev.understudy.agent.checkpoint.ShipResult;
import dev.understudy.agent.checkpoint.ShipServer;
import dev.understudy.agent.control.ControlServer;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.gate.OutputGates;
import dev.understudy.agent.linux.Attempt;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.LinuxWarmup;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.UdpSocket;
import dev.understudy.agent.records.FailoverTimeline;
import dev.understudy.agent.records.RecordJournal;
import dev.understudy.agent.records.RecordRoute;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.CgroupPlaces;
import dev.understudy.agent.runtime.Failures;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.agent.runtime.SandboxNetwork;
import dev.understudy.agent.runtime.SandboxPlaces;
import dev.understudy.agent.runtime.SandboxSpec;
import dev.understudy.agent.runtime.ToolPaths;
import dev.understudy.agent.wire.ClusterKey;
import dev.understudy.agent.wire.Configuration;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.agent.wire.Reception;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The parts of one agent, put together. */
final class Agent implements AutoCloseable {
  private static final int SHIP_PORT = 7401;
  private static final int WATCHED_MOST = 256;
  private static final long ANSWER_MILLIS = 2_000;

  private final NodeSpec self;
  private final Cluster cluster;
  private final Journal journal;
  private final RecordJournal records;
  private final Mailbox mailbox;
  private final ExitWatch exits;
  private final DutyCycle cycle;
  private final NodeExecutor executor;
  private final long incarnation;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private String gateKind = "";
  private volatile boolean realTime;

  private Agent(
      NodeSpec self,
      Cluster cluster,
      Journal journal,
      RecordJournal records,
      Mailbox mailbox,
      ExitWatch exits,
      DutyCycle cycle,
      NodeExecutor executor,
      long incarnation) {
    this.self = self;
    this.cluster = cluster;
    this.journal = journal;
    this.records = records;
    this.mailbox = mailbox;
    this.exits = exits;
    this.cycle = cycle;
    this.executor = executor;
    this.incarnation = incarnation;
  }

  /** Reads everything that is configured, makes the sandboxes, and opens the sockets. */
  static Agent build(AgentOptions options) throws IOException, ClusterFileException {
    long startedAt = Clock.bootNanos();
    Cluster cluster = ClusterFile.readOnNode(options.cluster());
    NodeSpec self =
        cluster
            .node(options.node())
            .orElseThrow(
                () -> new IOException(options.cluster() + " has no node named " + options.node()));
    Files.createDirectories(options.state());
    DurableStore store = new DurableStore(options.state().resolve("protocol"));
    DurableState durable = store.load().nextStart(cluster.timing().promiseNanos());
    store.save(durable);
    Journal journal =
        Journal.open(options.state().resolve("events.jsonl"), self.name(), durable.incarnation());
    RecordJournal records =
        RecordJournal.open(options.state().resolve("records"), self.name(), durable.incarnation());
    journal.follow(new FailoverTimeline(self.name(), records::keep)::note);
    journal.record(startedAt, "", NodeEvent.AGENT_STARTED);
    ClusterKey key = ClusterKey.read(options.key());
    FailoverNode node =
        new FailoverNode(
            self.name(), cluster.timing(), groups(cluster), durable, startedAt, new SecureRandom());
    Map<String, Integer> addresses = new TreeMap<>();
    cluster.nodes().forEach(n -> addresses.put(n.name(), n.address()));
    DatagramCodec codec =
        new DatagramCodec(
            key,
            cluster.nodes().stream().map(NodeSpec::name).toList(),
            cluster.workloads().stream().map(WorkloadSpec::name).toList(),
            Configuration.of(cluster.timing(), groups(cluster)));
    UdpSocket socket = UdpSocket.bind(self.address(), DutyCycle.PORT);
    Outlets outlets = Outlets.open(self, cluster.nodes());
    Poller poller = new Poller(WATCHED_MOST);
    Mailbox mailbox = new Mailbox(EventFd.open());
    ExitWatch exits = new ExitWatch(poller);
    Reception reception = new Reception(codec, self.name());
    NodeExecutor executor = new NodeExecutor(node, reception, mailbox, store, journal);
    DutyCycle cycle =
        new DutyCycle(node, codec, reception, socket, poller, mailbox, exits, executor, outlets);
    Agent agent =
        new Agent(
            self,
            cluster,
            journal,
            records,
            mailbox,
            exits,
            cycle,
            executor,
            durable.incarnation());
    return agent.begun(options, key, addresses);
  }

  /** This agent with its sandboxes and ports; or nothing is left of it. */
  private Agent begun(AgentOptions options, ClusterKey key, Map<String, Integer> addresses)
      throws IOException {
    boolean done = false;
    try {
      addWorkloads(options, key, addresses);
      listen(key);
      rehearse(key);
      done = true;
      return this;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  static List<GroupConfig> groups(Cluster cluster) {
    List<GroupConfig> groups = new ArrayList<>();
    for (WorkloadSpec workload : cluster.workloads()) {
      List<String> runners =
          workload.nodes().stream()
              .filter(n -> cluster.node(n).filter(s -> !s.witnessOnly()).isPresent())
              .toList();
      groups.add(
          new GroupConfig(
              workload.name(),
              workload.nodes(),
              runners,
              quorum(cluster, workload),
              workload.strategy() == WorkloadSpec.Strategy.MIRROR,
              workload.checkpointIntervalNanos(),
              switch (workload.withoutQuorum()) {
                case FREEZE -> GroupConfig.WithoutQuorum.FREEZE;
                case CONTINUE -> GroupConfig.WithoutQuorum.CONTINUE;
              }));
    }
    return groups;
  }

  private static GroupConfig.Quorum quorum(Cluster cluster, WorkloadSpec workload) {
    if (workload.nodes().size() != 2 || cluster.prefer().isEmpty()) {
      return GroupConfig.Quorum.MAJORITY;
    }
    return switch (cluster.prefer().get()) {
      case CONSISTENCY -> GroupConfig.Quorum.PAIR_CONSISTENCY;
      case AVAILABILITY -> GroupConfig.Quorum.PAIR_AVAILABILITY;
    };
  }

  private void addWorkloads(AgentOptions options, ClusterKey key, Map<String, Integer> addresses)
      throws IOException {
    SandboxPlaces places =
        new SandboxPlaces(
            options.run(),
            options.state(),
            options.uplink(),
            new CgroupPlaces(Path.of("/sys/fs/cgroup"), options.cgroupMemory(), options.cgroup()),
            new ToolPaths(options.criu(), options.runc()),
            List.of(options.key(), options.run(), options.state()));
    for (WorkloadSpec workload : cluster.workloads()) {
      boolean runs = workload.nodes().contains(self.name()) && !self.witnessOnly();
      if (runs) {
        Reports reports = new Reports(workload.name(), journal, mailbox, records);
        Root root;
        try {
          root = Root.of(workload, places.state().resolve("images"));
        } catch (IOException e) {
          // Its image is bad here; the others are not, and elsewhere this one may be good.
          reports.record(NodeEvent.START_FAILED, "reason", Failures.text(e));
          System.err.println(workload.name() + " cannot run here: " + Failures.text(e));
          executor.add(workload.name(), new UnfitWorkload(reports, Failures.text(e)));
          continue;
        }
        addWorkload(workload, root, reports, places, key, addresses);
      }
    }
  }

  private void addWorkload(
      WorkloadSpec workload,
      Root root,
      Reports reports,
      SandboxPlaces places,
      ClusterKey key,
      Map<String, Integer> addresses)
      throws IOException {
    SandboxSpec spec =
        new SandboxSpec(
            workload.name(),
            root.lower(),
            root.identity(),
            workload.address(),
            cluster.network().prefix(),
            workload.memoryLimitBytes());
    CompletableFuture<OutputGates.Choice> attached = new CompletableFuture<>();
    Sandbox sandbox =
        Sandbox.create(
            spec,
            places,
            device -> {
              OutputGates.Choice choice = OutputGates.choose(device);
              attached.complete(choice);
              return choice.gate();
            });
    OutputGates.Choice choice = attached.join();
    gateKind = choice.gate().kind();
    System.err.println("gate of " + workload.name() + ": " + choice.why());
    GratuitousArp arp =
        Namespaces.callIn(
            sandbox.network().net(),
            () -> GratuitousArp.open(SandboxNetwork.DEVICE, workload.address()));
    WorkloadHost host =
        new WorkloadHost(
            cluster.timing().gateMarginNanos(),
            sandbox,
            root.program(),
            choice.gate(),
            arp,
            HostFacts.read(places.tools(), root.identity()),
            (generation, standby, end) -> ship(generation, standby, key, addresses, end),
            reports,
            exits);
    executor.add(workload.name(), host);
  }

  private static ShipResult.Shipped ship(
      Generation generation,
      String standby,
      ClusterKey key,
      Map<String, Integer> addresses,
      Cancellation cancellation)
      throws IOException {
    Integer address = addresses.get(standby);
    if (address == null) {
      throw new IOException("no node is named " + standby);
    }
    InetSocketAddress to = socketAddress(address);
    return switch (ShipClient.send(to, key.bytes(), generation, cancellation)) {
      case ShipResult.Shipped shipped -> shipped;
      case ShipResult.Refused(var reason) -> throw new IOException("refused: " + reason);
      case ShipResult.ShipFailed(var reason) -> throw new IOException(reason);
    };
  }

  private static InetSocketAddress socketAddress(int ipv4) throws IOException {
    byte[] bytes = ByteBuffer.allocate(4).putInt(ipv4).array();
    return new InetSocketAddress(InetAddress.getByAddress(bytes), SHIP_PORT);
  }

  private void listen(ClusterKey key) throws IOException {
    ShipServer ships =
        ShipServer.listen(socketAddress(self.address()), key.bytes(), new Arrivals(executor));
    closing.add(ships);
    ControlServer control = ControlServer.start(ControlToken.of(key.bytes()), new Asked(), journal);
    control.serve(RecordRoute.PATH, new RecordRoute(records));
    closing.add(control);
  }

  private void rehearse(ClusterKey key) throws IOException {
    LinuxWarmup.run();
    executor.rehearse();
    int woken = Rehearsal.play(Rehearsal.codec(key));
    if (woken != Rehearsal.rounds()) {
      throw new IllegalStateException(
          "broken: " + woken + " of " + Rehearsal.rounds() + " rehearsed failovers woke a copy");
    }
    // Everything that lives long exists now: one whole collection here makes the next one distant.
    System.gc();
  }

  /** What callers of the control API ask for, answered between two steps of the duty cycle. */
  private final class Asked implements ControlServer.Node {
    @Override
    public NodeStatus status() {
      return ask(Agent.this::statusNow);
    }

    @Override
    public Optional<WorkloadExplanation> explain(String workload) {
      return ask(() -> executor.explain(self.name(), workload));
    }

    private <T> T ask(Supplier<T> question) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      mailbox.post(() -> answer.complete(question.get()));
      return answer.orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS).join();
    }
  }

  private String nodeAt(int address) {
    return cluster.nodes().stream()
        .filter(node -> node.address() == address)
        .map(NodeSpec::name)
        .findFirst()
        .orElse(Ipv4.text(address));
  }

  private NodeStatus statusNow() {
    NodeExecutor.NodeFacts facts =
        new NodeExecutor.NodeFacts(
            self.name(),
            incarnation,
            cluster.timing().profile(),
            cluster.timing().windowNanos(),
            realTime,
            gateKind,
            this::nodeAt);
    return executor.status(facts);
  }

  /** Runs the duty cycle on this thread. */
  void run(Attempt... preparations) {
    realTime = true;
    for (Attempt attempt : preparations) {
      realTime &= attempt.worked();
      System.err.println(attempt);
    }
    cycle.run();
  }

  /** Ends {@link #run} soon; from any thread. */
  void stop() {
    cycle.leave();
  }

  @Override
  public void close() throws IOException {
    // First nobody brings anything new, then everything that runs ends.
    for (AutoCloseable one : closing.reversed()) {
      try {
        one.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("closing failed: " + e.getMessage(), e);
      }
    }
    executor.close();
    journal.close();
    records.close();
  }
}
