// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * One node of the failover protocol: inputs in, outcomes out, nothing else.
 *
 * <p>The caller owes it four things: the state on disk before the first step is what {@link
 * DurableState#nextStart} gave; whatever waits in the socket is handed in before a {@link
 * Input.Tick}; outcomes are executed whole and in the order of their fields; time never runs back.
 */
public final class FailoverNode {
  /** How many workloads a node takes over at once unless it is told another number. */
  public static final int TAKEOVERS_USUAL = 8;

  /** Whose silence is shorter was not away. */
  private static final long ABSENCE_LEAST_NANOS = 500_000_000L;

  private final String self;
  private final Timing timing;
  private final Map<String, Group> groups = new TreeMap<>();
  private final List<Group> inOrder;
  private final Announcer announcer;
  private final Peers peers;
  private DurableState durable;
  private DurableState asked;
  private final long startedAt;
  private final long formerPromiseNanos;
  private long ceilingWanted;
  private long now;
  private long nextBeatAt;
  private long expectedAt = Long.MAX_VALUE;
  private long lateAt = Long.MIN_VALUE;
  private boolean leaving;
  private boolean forgotten;

  /**
   * A node at its start.
   *
   * @param self its name
   * @param timing the times that the whole cluster uses
   * @param configs one for each workload whose group this node belongs to
   * @param durable what is on disk now: the result of {@link DurableState#nextStart}
   * @param startedAt CLOCK_BOOTTIME of the agent's start, from which the restart silence counts
   * @param takeoversAtOnce how many workloads it takes over at once, at least 1
   * @param random for the waits that end split votes
   */
  public FailoverNode(
      String self,
      Timing timing,
      List<GroupConfig> configs,
      DurableState durable,
      long startedAt,
      int takeoversAtOnce,
      RandomGenerator random) {
    if (!timing.violations().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", timing.violations()));
    }
    Invariant.holds(
        durable.incarnation() > 0 && durable.ceiling() >= DurableState.BLOCK,
        "the start was persisted",
        durable,
        DurableState.BLOCK);
    this.self = self;
    this.announcer = new Announcer(self);
    this.timing = timing;
    this.peers = new Peers(Math.max(ABSENCE_LEAST_NANOS, 4 * timing.windowNanos()));
    this.durable = durable;
    this.asked = durable;
    this.startedAt = startedAt;
    this.forgotten = durable.lostAt() == Long.MAX_VALUE;
    this.formerPromiseNanos = durable.longestPromiseNanos();
    this.ceilingWanted = durable.ceiling();
    this.now = startedAt;
    this.nextBeatAt = startedAt;
    long floor = durable.ceiling() - DurableState.BLOCK;
    // Sorts above every real node, so that nothing of that counter is granted.
    Epoch floorEpoch = floor == 0 ? Epoch.NONE : new Epoch(floor, "~");
    long silentUntil = startedAt + durable.longestPromiseNanos();
    StormGuard guard = new StormGuard(takeoversAtOnce);
    for (GroupConfig config : configs) {
      if (config.members().contains(self)) {
        groups.put(
            config.workload(),
            new Group(config, self, timing, durable, floorEpoch, silentUntil, guard, random));
        config.others(self).forEach(peers::add);
      }
    }
    inOrder = List.copyOf(groups.values());
    for (Group group : inOrder) {
      guard.watch(group);
      group.config().others(self).forEach(o -> peers.peer(o).shared().add(group));
    }
  }

  /** What that input leads to. */
  public Outcome step(Input input) {
    Invariant.holds(input.now() >= now, "time never runs back", input.now(), now);
    now = input.now();
    Effects effects = new Effects();
    noteLateness(effects);
    Turn turn = turn(effects);
    checkLeases(turn);
    String answerTo = apply(input, turn);
    // Another reign may be on the disk as well: nothing goes on before all have been handed in.
    boolean goesOn = !(input instanceof Input.Resumed);
    if (goesOn) {
      advance(turn);
    }
    boolean beat = goesOn && beatIfDue(turn);
    List<Datagram> send = datagrams(answerTo, beat, effects.hurried());
    Optional<DurableState> persist = persist();
    tellReigns();
    List<Announcement> news = announcer.due(now);
    expectedAt = wakeAt(turn);
    return new Outcome(persist, send, news, effects.commands(), expectedAt, effects.verdicts());
  }

  private void advance(Turn turn) {
    for (Group group : inOrder) {
      group.advance(turn);
    }
  }

  private void checkLeases(Turn turn) {
    for (Group group : inOrder) {
      group.checkLease(turn);
    }
  }

  private void tellReigns() {
    for (Group group : inOrder) {
      if (group.tokenChanged()) {
        announcer.reigns(group.workload(), group.token(), now);
      }
    }
  }

  private Turn turn(Effects effects) {
    // While another state is on its way to the disk, it is not certain which of them is there.
    long promise = durable.equals(asked) ? durable.longestPromiseNanos() : timing.promiseNanos();
    return new Turn(now, durable.ceiling(), promise, durable.incarnation(), lateAt, peers, effects);
  }

  private void noteLateness(Effects effects) {
    if (expectedAt == Long.MAX_VALUE || now - expectedAt <= timing.lateThresholdNanos()) {
      return;
    }
    lateAt = now;
    long by = now - expectedAt;
    groups.keySet().forEach(w -> effects.say(new Verdict.Late(w, by)));
  }

  /** Whom to answer; empty for nobody. */
  private String apply(Input input, Turn turn) {
    switch (input) {
      case Input.Tick _ -> {}
      case Input.Received(_, var datagram) -> {
        return receive(datagram, turn);
      }
      case Input.Persisted(_, var state) -> {
        Invariant.holds(state.ceiling() >= durable.ceiling(), "ceilings only rise", state, durable);
        durable = state;
        inOrder.forEach(g -> g.persisted(state.membership(g.workload())));
      }
      case Input.GateShut(_, var workload) -> group(workload).gateShut(turn);
      case Input.Subscribed(_, var subscriber) -> announcer.subscribe(subscriber, now);
      case Input.Unsubscribed(_, var subscriber) -> announcer.unsubscribe(subscriber);
      case Input.Acknowledged(_, var answer) -> announcer.acknowledged(answer);
      case Input.Leaving _ -> {
        leaving = true;
        groups.values().forEach(g -> g.leave(turn));
      }
      case Input.GateNarrowed(_, var workload) -> group(workload).gateNarrowed(turn);
      case Input.MaintenanceAsked(_, var workload, var nanos) ->
          group(workload).maintenanceAsked(nanos, turn);
      case Input.MembershipAsked(_, var workload, var join, var leave) ->
          group(workload).membershipAsked(join, leave, turn);
      case Input.MaintenanceCancelled(_, var workload) ->
          group(workload).maintenanceCancelled(turn);
      case Input.Resumed(_, var reign, var gateUntil, var running) ->
          group(reign.workload()).resumed(reign, gateUntil, running, turn);
      case Input.Fenced(_, var workload, var node) -> group(workload).fenced(node, turn);
      case Input.Running(_, var workload, var epoch) -> group(workload).running(epoch, turn);
      case Input.Failed(_, var workload, var epoch, var reason) ->
          group(workload).failed(epoch, reason, turn);
      case Input.CopyHeld(_, var workload, var id) -> group(workload).copyHeld(id);
      case Input.CopyLost(_, var workload, var id) -> group(workload).copyLost(id);
      case Input.CheckpointDone(_, var workload, var id, var took) ->
          group(workload).mirror().done(id, took, turn);
      case Input.CheckpointFailed(_, var workload, var id, _) ->
          group(workload).mirror().failed(id, turn);
    }
    return "";
  }

  private String receive(Datagram datagram, Turn turn) {
    Optional<Peers.Peer> known = peers.find(datagram.sender());
    if (known.isEmpty() || !datagram.receiver().equals(self)) {
      return "";
    }
    Peers.Freshness freshness = peers.hear(datagram, now);
    if (freshness == Peers.Freshness.STALE) {
      return "";
    }
    ceilingWanted = Math.max(ceilingWanted, datagram.ceiling());
    if (datagram.receiverIncarnation() > durable.incarnation()) {
      forgotten = true;
      inOrder.forEach(g -> g.historyLost(datagram.receiverIncarnation(), turn));
    }
    boolean newest = freshness == Peers.Freshness.NEWEST;
    // Both nodes have the shared groups in the same order: the next row is of the next group.
    Peers.Peer peer = known.get();
    List<Group> shared = peer.shared();
    int next = 0;
    for (Row row : datagram.rows()) {
      boolean expected = next < shared.size() && shared.get(next).workload().equals(row.workload());
      Group group = expected ? shared.get(next++) : groups.get(row.workload());
      if (group != null && (expected || shared.contains(group))) {
        group.hear(datagram, row, newest, turn);
      }
    }
    return newest && !datagram.answer() ? peer.name() : "";
  }

  private Group group(String workload) {
    Group group = groups.get(workload);
    if (group == null) {
      throw new IllegalArgumentException("no group of " + workload + " on " + self);
    }
    return group;
  }

  /** Whether the beat period is over. */
  private boolean beatIfDue(Turn turn) {
    if (now < nextBeatAt) {
      return false;
    }
    nextBeatAt = now - nextBeatAt > timing.beatNanos() ? now : nextBeatAt;
    nextBeatAt += timing.beatNanos();
    for (Group group : inOrder) {
      group.beat(turn);
    }
    return true;
  }

  /**
   * Whether to beat that one: everybody when leading or asking. Between two that follow, the lower
   * name beats, once in a window, only to keep the pair known to be alive; so a node's cost grows
   * with what it leads.
   */
  private boolean beats(Peers.Peer peer) {
    for (Group group : peer.shared()) {
      if (group.speaks()) {
        return true;
      }
    }
    return !peer.heardSince(now - patienceNanos(peer));
  }

  /** The one that follows is heard by its answers; when those stay out, both sides try. */
  private long patienceNanos(Peers.Peer peer) {
    return timing.windowNanos() + (self.compareTo(peer.name()) < 0 ? 0 : timing.beatNanos());
  }

  /** When somebody is to be beaten next, as far as is known: who only follows sleeps until then. */
  private long beatWantedAt() {
    long wanted = Long.MAX_VALUE;
    for (Group group : inOrder) {
      if (group.speaks()) {
        return nextBeatAt;
      }
    }
    for (Peers.Peer peer : peers.all()) {
      wanted = Math.min(wanted, peer.silentAt(patienceNanos(peer)));
    }
    return Math.max(nextBeatAt, wanted);
  }

  private List<Datagram> datagrams(String answerTo, boolean beat, SortedSet<String> hurried) {
    if (answerTo.isEmpty() && !beat && hurried.isEmpty()) {
      return List.of();
    }
    List<Datagram> send = new ArrayList<>();
    for (Peers.Peer peer : peers.all()) {
      boolean unasked = (beat && beats(peer)) || hurried.contains(peer.name());
      if (unasked || answerTo.equals(peer.name())) {
        send.add(datagram(peer, !unasked));
      }
    }
    return Collections.unmodifiableList(send);
  }

  private Datagram datagram(Peers.Peer peer, boolean answer) {
    List<Row> rows = new ArrayList<>(peer.shared().size());
    for (Group group : peer.shared()) {
      rows.add(group.row(peer.name()));
    }
    return new Datagram(
        self,
        peer.name(),
        durable.incarnation(),
        peer.incarnation(),
        peer.nextSequence(),
        now,
        answer,
        durable.ceiling(),
        Collections.unmodifiableList(rows));
  }

  /**
   * Reserves counters early enough that no election has to wait for the disk, and has the disk know
   * of longer promises before they are made and until they have lapsed.
   */
  private Optional<DurableState> persist() {
    long highest = 0;
    for (Group group : inOrder) {
      highest = Math.max(highest, group.highestSeen());
    }
    if (highest + DurableState.BLOCK / 2 > Math.max(ceilingWanted, durable.ceiling())) {
      ceilingWanted = highest + DurableState.BLOCK;
    }
    long ceiling = Math.max(ceilingWanted, asked.ceiling());
    // One change of promises at a time, or it would not be certain which one the disk knows.
    long promise = durable.equals(asked) ? promiseWanted() : asked.longestPromiseNanos();
    SortedMap<String, Membership> memberships = memberships();
    if (ceiling == asked.ceiling()
        && promise == asked.longestPromiseNanos()
        && memberships.equals(asked.memberships())
        && forgotten == (asked.lostAt() == Long.MAX_VALUE)) {
      return Optional.empty();
    }
    DurableState wanted = asked.with(ceiling, promise, memberships);
    wanted = forgotten ? wanted.forgotten() : wanted;
    asked = wanted;
    return Optional.of(wanted);
  }

  /** Who votes, as the disk has to have it: what it was asked for before if nothing changed. */
  private SortedMap<String, Membership> memberships() {
    SortedMap<String, Membership> wanted = asked.memberships();
    for (Group group : inOrder) {
      boolean changed = !group.membership().equals(Membership.NONE);
      if (changed && group.membership().newerThan(asked.membership(group.workload()))) {
        wanted = new TreeMap<>(wanted);
        wanted.put(group.workload(), group.membership());
      }
    }
    return wanted;
  }

  private long promiseWanted() {
    long promise = timing.promiseNanos();
    for (Group group : inOrder) {
      promise = Math.max(promise, group.promiseWanted(now));
    }
    return now - startedAt < formerPromiseNanos ? Math.max(promise, formerPromiseNanos) : promise;
  }

  private long wakeAt(Turn turn) {
    long wake = Math.min(beatWantedAt(), announcer.nextAt());
    for (Group group : inOrder) {
      wake = group.wakeAt(wake, turn);
    }
    return Math.max(wake, now + 1);
  }

  /** How this node sees its workloads, in the order of their names. */
  public List<GroupView> views() {
    return groups.values().stream().map(Group::view).toList();
  }

  /**
   * Why this node did, or did not, take that workload over, as of the last step: by each rule that
   * applies to where it stands.
   */
  public List<Finding> explain(String workload) {
    return group(workload).explain(turn(new Effects()));
  }

  /** Whether the agent may end after {@link Input.Leaving}: all gates are shut, and others act. */
  public boolean mayEnd() {
    return leaving && groups.values().stream().allMatch(g -> g.left(now));
  }

  /** Peers heard within that many nanoseconds before the last step, sorted. */
  public List<String> peersHeardWithin(long nanos) {
    return peers.names().stream().filter(p -> peers.heardSince(p, now - nanos)).toList();
  }
}
