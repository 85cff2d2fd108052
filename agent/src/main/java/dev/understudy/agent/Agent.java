// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.ShipClient;
import dev.understudy.agent.checkpoint.ShipResult;
import dev.understudy.agent.checkpoint.ShipServer;
import dev.understudy.agent.checkpoint.StateEndpoint;
import dev.understudy.agent.control.ControlServer;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.duty.DutyCycle;
import dev.understudy.agent.duty.ExitWatch;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.duty.Outlets;
import dev.understudy.agent.gate.NftablesGate;
import dev.understudy.agent.gate.OutputGate;
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
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.agent.runtime.PodSandbox;
import dev.understudy.agent.runtime.RuncStart;
import dev.understudy.agent.runtime.SandboxNetwork;
import dev.understudy.agent.runtime.SandboxPlaces;
import dev.understudy.agent.runtime.SandboxSpec;
import dev.understudy.agent.runtime.ToolPaths;
import dev.understudy.agent.wire.ClusterKey;
import dev.understudy.agent.wire.Configuration;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.agent.wire.Reception;
import dev.understudy.agent.workload.ParkedWorkload;
import dev.understudy.agent.workload.Reports;
import dev.understudy.agent.workload.UnfitWorkload;
import dev.understudy.agent.workload.WorkloadHost;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.Input;
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
import java.util.function.LongFunction;

/** The parts of one agent, put together. */
final class Agent implements AutoCloseable {
  private static final int SHIP_PORT = 7401;
  private static final int WATCHED_MOST = 256;

  private final NodeSpec self;
  private final Cluster cluster;
  private final Journal journal;
  private final RecordJournal records;
  private final Mailbox mailbox;
  private final ExitWatch exits;
  private final DutyCycle cycle;
  private final NodeExecutor executor;
  private final long incarnation;
  private final Path run;
  private final ParkedAgent parked;
  private final List<AutoCloseable> doors = new ArrayList<>();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final List<LongFunction<Input>> first = new ArrayList<>();
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
      long incarnation,
      Path run,
      ParkedAgent parked) {
    this.self = self;
    this.cluster = cluster;
    this.journal = journal;
    this.records = records;
    this.mailbox = mailbox;
    this.exits = exits;
    this.cycle = cycle;
    this.executor = executor;
    this.incarnation = incarnation;
    this.run = run;
    this.parked = parked;
  }

  /** Reads everything that is configured, makes the sandboxes, and opens the sockets. */
  static Agent build(AgentOptions options) throws IOException, ClusterFileException {
    Path file = options.cluster().orElseThrow();
    Cluster cluster = ClusterFile.readOnNode(file);
    NodeSpec self =
        cluster
            .node(options.node())
            .orElseThrow(() -> new IOException(file + " has no node named " + options.node()));
    return build(options, cluster, self);
  }

  /** The same, by a plan that was read already. */
  static Agent build(AgentOptions options, Cluster cluster, NodeSpec self) throws IOException {
    long startedAt = Clock.bootNanos();
    Files.createDirectories(options.state());
    Files.createDirectories(options.run());
    ParkedAgent parked = ParkedAgent.take(options.run());
    DurableStore store = new DurableStore(options.state().resolve("protocol"));
    DurableState durable =
        store.load(options.historyLost()).nextStart(cluster.timing().promiseNanos());
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
            self.name(),
            cluster.timing(),
            Groups.of(cluster),
            durable,
            startedAt,
            cluster.takeoversAtOnce(),
            new SecureRandom());
    DatagramCodec codec = codec(cluster, key);
    UdpSocket socket = UdpSocket.bind(self.address(), DutyCycle.PORT);
    Outlets outlets = Outlets.open(self, cluster.nodes());
    Poller poller = new Poller(WATCHED_MOST);
    Mailbox mailbox = new Mailbox(EventFd.open());
    ExitWatch exits = new ExitWatch(poller);
    Reception reception = new Reception(codec, self.name());
    Subscribers subscribers = new Subscribers(self.name(), mailbox);
    Steering steering = Steering.open(cluster, options.listen().isPresent());
    NodeExecutor executor =
        new NodeExecutor(node, reception, mailbox, store, journal, subscribers, steering);
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
            durable.incarnation(),
            options.run(),
            parked);
    agent.closing.addAll(List.of(exits, mailbox, outlets, socket, steering));
    return agent.begun(options, key);
  }

  /** This agent with its sandboxes and ports; or nothing is left of it. */
  private Agent begun(AgentOptions options, ClusterKey key) throws IOException {
    Map<String, Integer> addresses = new TreeMap<>();
    cluster.nodes().forEach(n -> addresses.put(n.name(), n.address()));
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

  private static DatagramCodec codec(Cluster cluster, ClusterKey key) {
    return new DatagramCodec(
        key,
        cluster.nodes().stream().map(NodeSpec::name).toList(),
        cluster.workloads().stream().map(WorkloadSpec::name).toList(),
        Configuration.of(cluster.timing(), Groups.of(cluster)));
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
      boolean runs = workload.mayRunOn(self.name()) && !self.witnessOnly();
      if (runs) {
        Reports reports = new Reports(workload.name(), journal, mailbox, records);
        Root root;
        try {
          if (workload.pods().isPresent()) {
            addPod(options.containerd(), workload, reports, places, key, addresses);
            continue;
          }
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

  private void addPod(
      Path containerd,
      WorkloadSpec workload,
      Reports reports,
      SandboxPlaces places,
      ClusterKey key,
      Map<String, Integer> addresses)
      throws IOException {
    CompletableFuture<OutputGates.Choice> attached = new CompletableFuture<>();
    PodSandbox sandbox =
        PodWorkload.sandbox(
            workload,
            self.name(),
            containerd,
            places,
            device -> attach(OutputGates.choose(device), attached),
            device -> attach(OutputGates.chooseOpen(device), attached));
    OutputGates.Choice choice = attached.join();
    noteGate(workload, choice);
    executor.add(
        workload.name(),
        new WorkloadHost(
            cluster.timing().gateMarginNanos(),
            sandbox,
            sandbox::start,
            choice.gate(),
            Optional.empty(),
            HostFacts.read(places.tools(), sandbox.spec().rootIdentity()),
            Optional.empty(),
            (generation, standby, end) -> ship(generation, standby, key, addresses, end),
            reports,
            exits));
  }

  private void noteGate(WorkloadSpec workload, OutputGates.Choice choice) {
    if (gateKind.isEmpty() || choice.gate() instanceof NftablesGate) {
      // Of several workloads the weaker fence is what a reader has to know of.
      gateKind = choice.gate().kind();
    }
    System.err.println("gate of " + workload.name() + ": " + choice.why());
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
    Optional<ParkedWorkload> left = parked.workload(workload.name(), ClusterFile.write(cluster));
    OwnSandbox sandbox = sandbox(spec, places, left, attached);
    OutputGates.Choice choice = attached.join();
    noteGate(workload, choice);
    GratuitousArp arp =
        Namespaces.callIn(
            sandbox.network().net(),
            () -> GratuitousArp.open(SandboxNetwork.DEVICE, workload.address()));
    WorkloadHost host =
        new WorkloadHost(
            cluster.timing().gateMarginNanos(),
            sandbox,
            () -> RuncStart.start(sandbox, root.program()),
            choice.gate(),
            Optional.of(arp),
            HostFacts.read(places.tools(), root.identity()),
            workload
                .state()
                .map(s -> new StateEndpoint(sandbox.network().net(), workload.address(), s)),
            (generation, standby, end) -> ship(generation, standby, key, addresses, end),
            reports,
            exits);
    executor.add(workload.name(), host);
    if (choice.adopted()) {
      left.ifPresent(one -> first.add(now -> host.adopt(one, now)));
    } else {
      host.rehearse();
    }
  }

  /** That of the former agent as it is, if that left one to go on with; otherwise a new one. */
  private OwnSandbox sandbox(
      SandboxSpec spec,
      SandboxPlaces places,
      Optional<ParkedWorkload> left,
      CompletableFuture<OutputGates.Choice> attached)
      throws IOException {
    if (left.isPresent()) {
      ParkedWorkload one = left.get();
      CompletableFuture<OutputGates.Choice> adopted = new CompletableFuture<>();
      try {
        OwnSandbox sandbox =
            OwnSandbox.adopt(
                spec,
                places,
                device -> attach(OutputGates.adopt(device), adopted),
                one.copy(),
                one.logKeeperPid(),
                one.logKey());
        attached.complete(adopted.join());
        return sandbox;
      } catch (IOException e) {
        // The voters keep their promises until this agent says that its gate is shut.
        String why = "what the former agent left cannot be taken over: " + e.getMessage();
        journal.record(Clock.bootNanos(), spec.workload(), NodeEvent.RESUMED, "text", why);
      }
    }
    return OwnSandbox.create(spec, places, device -> attach(OutputGates.choose(device), attached));
  }

  private static OutputGate attach(
      OutputGates.Choice choice, CompletableFuture<OutputGates.Choice> attached) {
    attached.complete(choice);
    return choice.gate();
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
    doors.add(ships);
    ControlServer control = ControlServer.start(ControlToken.of(key.bytes()), asked(), journal);
    control.serve(RecordRoute.PATH, new RecordRoute(records));
    doors.add(control);
  }

  private void rehearse(ClusterKey key) throws IOException {
    LinuxWarmup.run();
    int woken = Rehearsal.play(Rehearsal.codec(key));
    if (woken != Rehearsal.rounds()) {
      throw new IllegalStateException(
          "broken: " + woken + " of " + Rehearsal.rounds() + " rehearsed failovers woke a copy");
    }
    // Everything that lives long exists now: one whole collection here makes the next one distant.
    System.gc();
  }

  /** What others may ask it, from any thread. */
  Asked asked() {
    return new Asked(self.name(), cluster, mailbox, executor, this::statusNow);
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
    cycle.run(first);
  }

  /** Ends {@link #run} soon; from any thread. */
  void stop() {
    cycle.leave();
  }

  /** The same, but nothing is passed on: nobody takes over what has its place here. */
  void quit() {
    cycle.quit();
  }

  @Override
  public void close() throws IOException {
    // First nobody brings anything new, then everything that runs ends.
    closeAll(doors);
    List<ParkedWorkload> goingOn = executor.close();
    if (!goingOn.isEmpty()) {
      new ParkedAgent(ClusterFile.write(cluster), goingOn).write(run);
    }
    journal.close();
    records.close();
    closeAll(closing);
  }

  private static void closeAll(List<AutoCloseable> all) throws IOException {
    for (AutoCloseable one : all.reversed()) {
      try {
        one.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("closing failed: " + e.getMessage(), e);
      }
    }
  }
}
