// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A virtual cluster on virtual time. It is made with a shape and a seed, started, struck with
 * faults, and run; the first broken rule ends it.
 */
public final class World {
  /** The client's name, where a fault or a trace needs one. */
  public static final String CLIENT = "client";

  private final Setup setup;
  private final Model model;
  private final Trace trace;
  private final EventQueue queue = new EventQueue();
  private final TraceHash hash = new TraceHash();
  private final List<VirtualNode> nodes = new ArrayList<>();
  private final Names ends;
  private final Names workloads;
  private final VirtualNetwork network;
  private final VirtualClient client;
  private final VirtualSubscriber subscriber;
  private final Invariants invariants;
  private final Trouble trouble;
  private final Strikes strikes;
  private final int[] capturesFailing;
  private long now;
  private long events;
  private @Nullable Violation violation;

  /**
   * A world before its start, at time 0.
   *
   * @param setup its shape
   * @param seed of all chance in it
   * @param model what it is built from, {@link Model#REAL} if nothing is to be broken
   * @param trace who reads
   */
  public World(Setup setup, long seed, Model model, Trace trace) {
    this.setup = setup;
    this.model = model;
    this.trace = trace;
    workloads = new Names("workload", setup.groups().stream().map(GroupConfig::workload).toList());
    List<String> names = new ArrayList<>(setup.nodes());
    names.add(CLIENT);
    ends = new Names("node", names);
    int end = setup.nodes().size();
    for (int i = 0; i < end; i++) {
      nodes.add(new VirtualNode(this, i, setup.nodes().get(i), seed));
    }
    network = new VirtualNetwork(this, end + 1, setup.pace(), seed);
    client = new VirtualClient(this, end, setup.groups().size());
    subscriber = new VirtualSubscriber(this, end);
    trouble = new Trouble(this);
    invariants = new Invariants(this);
    strikes = new Strikes(this);
    capturesFailing = new int[setup.groups().size()];
    nodes.forEach(VirtualNode::furnish);
  }

  // ---- for who drives it -----------------------------------------------------------------------

  /** Every machine gets its power. */
  public World start() {
    nodes.forEach(VirtualNode::powerOn);
    client.start();
    return this;
  }

  /** Has the fault strike at its time, or now if that is past. */
  public void strike(Fault fault) {
    strikes.add(fault);
  }

  /** Has all of these strike, each at its time. */
  public void strike(List<Fault> faults) {
    strikes.add(faults.stream().sorted(Comparator.comparingLong(Fault::at)).iterator());
  }

  /** Ends a fault that is in force, before its time. */
  public void end(Fault fault) {
    strikes.end(fault);
  }

  /** Lets time pass up to that true time, or to the first broken rule. */
  public void runUntil(long until) {
    while (violation == null && queue.nextAt() <= until) {
      oneEvent();
    }
    if (violation == null) {
      now = Math.max(now, until);
    }
  }

  /** Lets time pass, event by event, until that holds; false when it does not in that time. */
  public boolean runUntil(BooleanSupplier condition, long mostNanos) {
    long last = now + mostNanos;
    while (violation == null && !condition.getAsBoolean()) {
      if (queue.nextAt() > last) {
        now = last;
        return false;
      }
      oneEvent();
    }
    return violation == null;
  }

  private void oneEvent() {
    now = Math.max(now, queue.nextAt());
    events++;
    queue.take().happen();
  }

  /** True time since the run began. */
  public long now() {
    return now;
  }

  /** How much has happened. */
  public long events() {
    return events;
  }

  /** The first broken rule. */
  public Optional<Violation> violation() {
    return Optional.ofNullable(violation);
  }

  /** The fingerprint of everything so far. */
  public long traceHash() {
    return hash.value();
  }

  /** How often a healthy active lost its reign to another node. */
  public long falseFailovers() {
    return invariants.reigns().falseFailovers();
  }

  /** How often an active lost its lease. */
  public long lapses() {
    return invariants.reigns().lapses();
  }

  /** The machines, in the order of the setup. */
  public List<VirtualNode> nodes() {
    return nodes;
  }

  /** The machine of that name. */
  public VirtualNode node(String name) {
    return nodes.get(index(name));
  }

  /** The machines whose gate for that workload is open now. */
  public List<String> openGates(String workload) {
    int index = workload(workload);
    return nodes.stream().filter(n -> n.gateOpen(index)).map(VirtualNode::name).toList();
  }

  /** Whether the client would get an answer of that workload now. */
  public boolean isServed(String workload) {
    return client.isServed(workload(workload));
  }

  /** The network, to look at or hold up single datagrams. */
  public VirtualNetwork network() {
    return network;
  }

  /** The shape. */
  public Setup setup() {
    return setup;
  }

  // ---- for its parts ---------------------------------------------------------------------------

  Model model() {
    return model;
  }

  VirtualClient client() {
    return client;
  }

  VirtualSubscriber subscriber() {
    return subscriber;
  }

  Invariants invariants() {
    return invariants;
  }

  Trouble trouble() {
    return trouble;
  }

  TraceHash hash() {
    return hash;
  }

  void at(long when, EventQueue.Event event) {
    queue.add(Math.max(when, now), event);
  }

  void in(long nanos, EventQueue.Event event) {
    queue.add(now + nanos, event);
  }

  void nothingHappened() {
    events--;
  }

  boolean isOver() {
    return violation != null;
  }

  int index(String end) {
    return ends.index(end);
  }

  int workload(String name) {
    return workloads.index(name);
  }

  /** Whether that name, empty for every one, means that end. */
  boolean isEnd(String name, int end) {
    return name.isEmpty() || index(name) == end;
  }

  void arrive(int from, int to, Datagram datagram) {
    if (network.up(from, to)) {
      nodes.get(to).arrive(datagram);
    }
  }

  void failCaptures(int workload, int by) {
    capturesFailing[workload] += by;
  }

  boolean capturesFail(int workload) {
    return capturesFailing[workload] > 0;
  }

  void stepped(VirtualNode node, Input input) {
    int kind = input instanceof Input.Received ? 1 : input instanceof Input.Tick ? 2 : 3;
    hash.mix(now, kind, node.index(), input.now());
  }

  void said(VirtualNode node, Verdict verdict) {
    invariants.reigns().said(verdict);
    if (trace.reads()) {
      trace.line(now, node.name(), verdict.workload() + ": " + verdict.text());
    }
  }

  void say(String who, String what, Object which, Object... more) {
    if (trace.reads()) {
      StringBuilder text = new StringBuilder(what).append(which);
      for (Object part : more) {
        text.append(part instanceof Epoch epoch ? " in epoch " + epoch : part);
      }
      trace.line(now, who, text.toString());
    }
  }

  void say(String who, Fault.Mishap mishap, Datagram datagram) {
    if (trace.reads()) {
      String what = mishap.lateNanos() == 0 ? " is lost" : " is held up";
      String way = " from " + datagram.sender() + " to " + datagram.receiver();
      trace.line(now, who, mishap.content() + way + what + ", sequence " + datagram.sequence());
    }
  }

  void violated(String rule, String text) {
    if (violation == null) {
      violation = new Violation(rule, now, text);
      say("world", "BROKEN ", rule, ": ", text);
    }
  }
}
