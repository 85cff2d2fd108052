// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.duty.DutyCycle;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.wire.Reception;
import dev.understudy.agent.workload.ParkedWorkload;
import dev.understudy.agent.workload.UnfitWorkload;
import dev.understudy.agent.workload.WorkloadHost;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.WorkloadExplanation;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.protocol.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Carries out outcomes: state to disk, commands to the workloads, verdicts to the journal. */
final class NodeExecutor implements DutyCycle.Executor {
  private static final long RETRY_MILLIS = 1_000;

  /** For so long a node counts as configured otherwise after it was heard; or for four windows. */
  private static final long OTHERWISE_NANOS = 5_000_000_000L;

  private final FailoverNode node;
  private final Reception reception;
  private final Mailbox mailbox;
  private final DurableStore store;
  private final Journal journal;
  private final Subscribers subscribers;
  private final Steering steering;
  private final ScheduledExecutorService disk =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("disk").factory());
  private final AtomicReference<@Nullable DurableState> unsaved = new AtomicReference<>();
  private final Map<String, WorkloadHost> hosts = new TreeMap<>();
  private final Map<String, UnfitWorkload> unfits = new TreeMap<>();
  private final Map<String, String> lastVerdicts = new TreeMap<>();
  private final DecisionHistory history;
  private final Parking parking;

  NodeExecutor(
      FailoverNode node,
      Reception reception,
      Mailbox mailbox,
      DurableStore store,
      Journal journal,
      Subscribers subscribers,
      Steering steering) {
    this.node = node;
    this.reception = reception;
    this.mailbox = mailbox;
    this.store = store;
    this.journal = journal;
    this.subscribers = subscribers;
    this.steering = steering;
    this.history = new DecisionHistory(node::explain);
    this.parking = new Parking(mailbox, this::objection);
  }

  /** Before the duty cycle runs. */
  void add(String workload, WorkloadHost host) {
    hosts.put(workload, host);
  }

  /** One that cannot run here, before the duty cycle runs. */
  void add(String workload, UnfitWorkload unfit) {
    unfits.put(workload, unfit);
  }

  @Override
  public void persist(DurableState state) {
    // Ceilings only rise, so the newest state is the only one that has to get there.
    unsaved.set(state);
    disk.execute(this::saveOrDie);
  }

  /** An executor would keep what is thrown to itself, and counters were never reserved again. */
  private void saveOrDie() {
    try {
      save();
    } catch (RuntimeException | Error broken) {
      AgentMain.broken(Thread.currentThread(), broken);
    }
  }

  private void save() {
    DurableState state = unsaved.getAndSet(null);
    if (state == null) {
      return;
    }
    try {
      store.save(state);
    } catch (IOException e) {
      // Without its ceiling this node grants no newer epoch; that is safe, must be seen, and must
      // not stay so when the disk has room again.
      journal.record(Clock.bootNanos(), "", NodeEvent.DISK_FAILED, "why", String.valueOf(e));
      unsaved.compareAndSet(null, state);
      var _ = disk.schedule(this::saveOrDie, RETRY_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    mailbox.tell(at -> new Input.Persisted(at, state));
  }

  @Override
  public void execute(Outcome outcome, Input input) {
    subscribers.deliver(outcome.thenAnnounce());
    for (Command command : outcome.thenRun()) {
      UnfitWorkload unfit = unfits.get(command.workload());
      if (unfit == null) {
        host(command.workload()).run(command);
      } else {
        unfit.run(command);
      }
    }
    if (steering.isNeeded()) {
      steering.follow(node.views());
    }
    history.hear(input);
    for (Verdict verdict : outcome.verdicts()) {
      lastVerdicts.put(verdict.workload(), verdict.text());
      note(verdict, input.now());
      parking.decide(verdict);
    }
  }

  /** Who is told which node is active; from any thread. */
  Subscribers subscribers() {
    return subscribers;
  }

  /** The host of that workload if this node may run it; from any thread. */
  Optional<WorkloadHost> find(String workload) {
    return Optional.ofNullable(hosts.get(workload));
  }

  private WorkloadHost host(String workload) {
    WorkloadHost host = hosts.get(workload);
    if (host == null) {
      throw new IllegalStateException("ordered to run " + workload + ", runs " + hosts.keySet());
    }
    return host;
  }

  private void note(Verdict verdict, long now) {
    EventDetails event = EventDetails.of(verdict);
    journal.record(now, verdict.workload(), event.kind(), event.details().toArray(String[]::new));
    history.decide(verdict, event.kind(), now);
  }

  private Optional<String> objection(String workload) {
    return find(workload).flatMap(WorkloadHost::objectionToParking);
  }

  /** Has the agent end without shutting its gates, if the other nodes agree; on the duty cycle. */
  void restart(long leaseNanos, CompletableFuture<Parking.Answer> answer) {
    parking.ask(node.views(), leaseNanos, Clock.bootNanos(), answer);
  }

  @Override
  public boolean parked() {
    return parking.parked();
  }

  @Override
  public long due(long now) {
    long next = parking.due(now);
    for (WorkloadHost host : hosts.values()) {
      next = Math.min(next, host.due(now));
    }
    return next;
  }

  /** What the node knows, for people; on the duty cycle. */
  NodeStatus status(NodeFacts facts) {
    long now = Clock.bootNanos();
    List<WorkloadStatus> rows = new ArrayList<>();
    for (GroupView view : node.views()) {
      rows.add(row(view, now));
    }
    return new NodeStatus(
        facts.name(),
        facts.incarnation(),
        now,
        ProcessHandle.current().pid(),
        facts.profile(),
        facts.realTime(),
        facts.gate(),
        node.peersHeardWithin(facts.windowNanos()),
        otherwise(facts, now),
        reception.counts(),
        journal.lost(),
        List.copyOf(rows));
  }

  private List<String> otherwise(NodeFacts facts, long now) {
    long since = now - Math.max(OTHERWISE_NANOS, 4 * facts.windowNanos());
    return reception.configuredOtherwise(since).stream().map(facts.nodeAt()::apply).toList();
  }

  /** Why this node did, or did not, take a workload over; empty for one that is not its affair. */
  Optional<WorkloadExplanation> explain(String self, String workload) {
    return node.views().stream()
        .filter(view -> view.workload().equals(workload))
        .findFirst()
        .map(view ->
            new WorkloadExplanation(
                self,
                workload,
                Clock.bootNanos(),
                view.state(),
                view.epoch().toString(),
                view.active(),
                DecisionHistory.findings(node::explain, workload),
                history.of(workload)));
  }

  /**
   * What does not change while the agent runs.
   *
   * @param nodeAt the name of the node at an IPv4 address, or the address
   */
  record NodeFacts(
      String name,
      long incarnation,
      String profile,
      long windowNanos,
      boolean realTime,
      String gate,
      IntFunction<String> nodeAt) {}

  private WorkloadStatus row(GroupView view, long now) {
    WorkloadHost host = hosts.get(view.workload());
    UnfitWorkload unfit = unfits.get(view.workload());
    String hostless = unfit == null ? "" : unfit.why();
    String role = view.leading() ? "active" : host == null ? "witness" : "standby";
    boolean live = view.best().sequence() == GenerationId.LIVE;
    return new WorkloadStatus(
        view.workload(),
        role,
        view.state(),
        view.epoch().toString(),
        view.active(),
        view.standby(),
        live || view.best().equals(GenerationId.NONE) ? "" : view.best().toString(),
        host == null ? -1 : host.heldAgeMillis(now),
        host == null ? -1 : host.lastPauseMillis(),
        view.intervalNanos() / 1e6,
        view.leading() && !view.protectedBy().equals(GenerationId.NONE),
        lastVerdicts.getOrDefault(view.workload(), ""),
        host == null ? hostless : host.lastError());
  }

  /** Ends everything, but for what was parked: that goes on, and is returned. */
  List<ParkedWorkload> close() throws IOException {
    disk.shutdownNow();
    List<ParkedWorkload> parked = new ArrayList<>();
    List<WorkloadHost> ending = new ArrayList<>();
    for (Map.Entry<String, WorkloadHost> host : hosts.entrySet()) {
      ParkedReign reign = parking.reigns().get(host.getKey());
      if (reign == null) {
        ending.add(host.getValue());
      } else {
        parked.add(host.getValue().park(reign));
      }
    }
    AllAtOnce.close(ending);
    return parked;
  }
}
