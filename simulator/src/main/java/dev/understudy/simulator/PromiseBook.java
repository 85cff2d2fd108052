// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.timing.Timing;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Who has promised what until when, read off the datagrams alone, in true time: no promise is
 * broken, not by a restart either, no epoch below an earlier one is followed, and nobody opens
 * without promises of a majority.
 *
 * <p>Each promise is taken to last as briefly as the rules allow: from the first delivery of the
 * beat that it echoes, by a clock that is as fast as is assumed.
 */
final class PromiseBook {
  private static final int NOBODY = -1;
  private static final long MILLION = 1_000_000;

  /** What one voter has promised for one workload. */
  private static final class Promise {
    int holder = NOBODY;
    long incarnation;
    Epoch epoch = Epoch.NONE;
    long sentAt;
    long endsAt = Long.MIN_VALUE;
  }

  /** What one node knows of the echoes of one voter for one workload. */
  private static final class Echoes {
    long newestSentAt = Long.MIN_VALUE;

    /** Of those that promised the longer lease that was asked for. */
    long newestLongSentAt = Long.MIN_VALUE;

    void clear() {
      newestSentAt = Long.MIN_VALUE;
      newestLongSentAt = Long.MIN_VALUE;
    }
  }

  /** What a node's own reign rests on besides echoes. */
  private static final class Own {
    /** The start of an agent to which promises are, if not the present one. */
    long reignFrom;

    /** The longer lease that was asked for. */
    long longNanos;

    Epoch asked = Epoch.NONE;
  }

  private final World world;
  private final int workloads;
  private final int size;
  private final Timing timing;
  private final Promise[] promises;
  private final Echoes[] echoes;
  private final Own[] owns;
  private final Deliveries[] deliveries;
  private final VoterBook voters;

  PromiseBook(World world, VoterBook voters) {
    this.voters = voters;
    this.world = world;
    size = world.setup().nodes().size();
    workloads = world.setup().groups().size();
    timing = world.setup().timing();
    promises = new Promise[size * workloads];
    Arrays.setAll(promises, _ -> new Promise());
    echoes = new Echoes[size * size * workloads];
    Arrays.setAll(echoes, _ -> new Echoes());
    owns = new Own[size * workloads];
    Arrays.setAll(owns, _ -> new Own());
    deliveries = new Deliveries[size * size];
    Arrays.setAll(deliveries, _ -> new Deliveries());
  }

  private Promise promise(int voter, int workload) {
    return promises[voter * workloads + workload];
  }

  private Echoes echoes(int holder, int voter, int workload) {
    return echoes[(holder * size + voter) * workloads + workload];
  }

  private Own own(VirtualNode node, int workload) {
    return owns[node.index() * workloads + workload];
  }

  /** How long a promise for such a lease lasts at least, in true time. */
  private long promiseLeastNanos(long leaseNanos) {
    long lease = leaseNanos > 0 ? leaseNanos : timing.leaseNanos();
    return timing.promiseNanos(lease) * MILLION / (MILLION + timing.driftPpm()) - 2;
  }

  private static long holderIncarnation(Datagram datagram, Row row) {
    return row.reignFrom() == 0 ? datagram.senderIncarnation() : row.reignFrom();
  }

  private GroupConfig group(int workload) {
    return world.setup().groups().get(workload);
  }

  // ---- what arrives ----------------------------------------------------------------------------

  void delivered(VirtualNode node, int from, Datagram datagram) {
    deliveries[node.index() * size + from].add(datagram, world.now());
  }

  void delivered(
      VirtualNode node, int from, int workload, Datagram datagram, Row row, boolean newest) {
    long holder = holderIncarnation(datagram, row);
    release(node.index(), workload, from, holder, row);
    if (newest && row.stand() == Row.Stand.ACTIVE && row.askNanos() == Row.ORDINARY) {
      cut(promise(node.index(), workload), from, holder);
    }
    if (row.echoEpoch().equals(Epoch.NONE)
        || datagram.receiverIncarnation() != node.disk().state().incarnation()) {
      return;
    }
    Own own = own(node, workload);
    if (!own.asked.above(row.echoEpoch())) {
      Echoes book = echoes(node.index(), from, workload);
      book.newestSentAt = Math.max(book.newestSentAt, row.echoSentAt());
      if (own.longNanos > 0 && row.echoNanos() >= own.longNanos) {
        book.newestLongSentAt = Math.max(book.newestLongSentAt, row.echoSentAt());
      }
    }
  }

  /** The own vote may be for a higher number of the same reign than any gate was opened in. */
  private void releaseOwn(int voter, int workload, Row row) {
    Promise own = promise(voter, workload);
    if (own.holder == voter && !own.epoch.above(row.released())) {
      own.endsAt = Math.min(own.endsAt, world.now());
    }
  }

  /** Its holder counts on no longer promise than an ordinary one any more. */
  private void cut(Promise promise, int holder, long incarnation) {
    if (promise.holder == holder && promise.incarnation == incarnation) {
      promise.endsAt = Math.min(promise.endsAt, world.now() + promiseLeastNanos(Row.ORDINARY));
    }
  }

  void took(VirtualNode node, Input input) {
    switch (input) {
      case Input.MaintenanceAsked(_, var workload, var nanos) -> {
        int index = world.workload(workload);
        own(node, index).longNanos = nanos;
        for (int voter = 0; voter < size; voter++) {
          echoes(node.index(), voter, index).newestLongSentAt = Long.MIN_VALUE;
        }
      }
      // What it says of its gate is of all its lives from now on.
      case Input.GateShut(_, var workload) -> {
        int index = world.workload(workload);
        own(node, index).reignFrom = 0;
        Promise own = promise(node.index(), index);
        if (own.holder == node.index()) {
          own.endsAt = Math.min(own.endsAt, world.now());
        }
      }
      case Input.Fenced(_, var workload, var fenced) -> {
        Promise promise = promise(node.index(), world.workload(workload));
        if (promise.holder == world.index(fenced)) {
          promise.endsAt = Math.min(promise.endsAt, world.now());
        }
      }
      default -> {}
    }
  }

  /** The promises to the former agent are promises to this one. */
  void resumed(VirtualNode node, int workload, ParkedReign reign) {
    own(node, workload).reignFrom = reign.incarnation();
  }

  void agentStarted(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      own(node, workload).reignFrom = 0;
      own(node, workload).longNanos = 0;
    }
  }

  /** It has forgotten what it granted, and votes only above what was granted since. */
  void diskLost(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      promise(node.index(), workload).epoch = Epoch.NONE;
    }
  }

  /** Its holder says that this epoch, or all of its former starts, is over. */
  private void release(int voter, int workload, int from, long incarnation, Row row) {
    Promise promise = promise(voter, workload);
    if (promise.holder != from) {
      return;
    }
    boolean ofThis = promise.incarnation == incarnation;
    boolean over = !row.released().equals(Epoch.NONE) && !promise.epoch.above(row.released());
    if ((ofThis && over) || promise.incarnation < row.reignFrom()) {
      promise.endsAt = Math.min(promise.endsAt, world.now());
    }
  }

  void agentEnded(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      for (int voter = 0; voter < size; voter++) {
        echoes(node.index(), voter, workload).clear();
      }
    }
  }

  // ---- what leaves -----------------------------------------------------------------------------

  void sent(VirtualNode voter, int workload, Datagram datagram, Row row) {
    if (row.stand() == Row.Stand.CANDIDATE) {
      asks(voter, workload, row);
    }
    if (row.stand() == Row.Stand.ACTIVE && row.askNanos() == Row.ORDINARY) {
      // Its own promise is cut like all others.
      cut(promise(voter.index(), workload), voter.index(), holderIncarnation(datagram, row));
    }
    if (!row.released().equals(Epoch.NONE)) {
      releaseOwn(voter.index(), workload, row);
    }
    if (!row.echoEpoch().equals(Epoch.NONE)) {
      echoes(voter, workload, datagram, row);
    }
  }

  /** With a new candidature, echoes of former ones count no more. */
  private void asks(VirtualNode candidate, int workload, Row row) {
    Own own = own(candidate, workload);
    if (own.asked.equals(row.epoch())) {
      return;
    }
    own.asked = row.epoch();
    for (int voter = 0; voter < size; voter++) {
      echoes(candidate.index(), voter, workload).clear();
    }
  }

  private void echoes(VirtualNode voter, int workload, Datagram datagram, Row row) {
    int holder = world.index(datagram.receiver());
    Promise promise = promise(voter.index(), workload);
    boolean repeats =
        promise.holder == holder
            && promise.sentAt == row.echoSentAt()
            && promise.epoch.equals(row.echoEpoch());
    if (repeats) {
      return;
    }
    Deliveries heard = deliveries[voter.index() * size + holder];
    int place = heard.firstOf(row.echoSentAt(), row.workload(), row.echoEpoch());
    if (place < 0) {
      world.violated("promise", voter + " echoes what it never heard: " + datagram);
      return;
    }
    long heardAt = heard.at(place);
    Datagram beat = heard.datagram(place);
    long incarnation = holderIncarnation(beat, heard.row(place, row.workload()));
    boolean same = promise.holder == holder && promise.incarnation == incarnation;
    if (promise.epoch.above(row.echoEpoch())) {
      world.violated(
          "grant-rises", voter + " follows " + row.echoEpoch() + " after " + promise.epoch);
    }
    if (!same && promise.epoch.equals(row.echoEpoch())) {
      world.violated(
          "grant-unique",
          "%s follows %s of two holders: %s in its start %d, %s in %d"
              .formatted(
                  voter,
                  row.echoEpoch(),
                  world.nodes().get(promise.holder),
                  promise.incarnation,
                  world.nodes().get(holder),
                  incarnation));
    }
    long startsAt = heardAt;
    if (!same) {
      if (promise.endsAt > world.now()) {
        broken(voter, promise, row.echoEpoch());
      }
      // A held request is granted when the promise before it has lapsed.
      startsAt = Math.max(heardAt, promise.endsAt);
    }
    long endsAt = startsAt + promiseLeastNanos(row.echoNanos());
    bind(promise, holder, incarnation, row.echoEpoch(), row.echoSentAt(), endsAt, same);
  }

  private void bind(
      Promise promise,
      int holder,
      long incarnation,
      Epoch epoch,
      long sentAt,
      long endsAt,
      boolean same) {
    promise.endsAt = same ? Math.max(promise.endsAt, endsAt) : endsAt;
    promise.holder = holder;
    promise.incarnation = incarnation;
    promise.epoch = epoch;
    promise.sentAt = sentAt;
  }

  private void broken(VirtualNode voter, Promise promise, Epoch by) {
    world.violated(
        "promise",
        voter
            + " follows "
            + by
            + ", bound for another "
            + Millis.text(promise.endsAt - world.now())
            + " to "
            + world.nodes().get(promise.holder)
            + " in "
            + promise.epoch);
  }

  // ---- leases ----------------------------------------------------------------------------------

  /**
   * A node has decided to open until then: a majority must have promised that, unless it is alone.
   *
   * @return whether a majority has
   */
  boolean leased(
      VirtualNode node, int workload, Epoch epoch, long untilNanos, boolean alone, long now) {
    GroupConfig group = group(workload);
    if (group.quorum() != Quorum.MAJORITY) {
      return false;
    }
    long leaseEnd = untilNanos + timing.gateMarginNanos();
    boolean isLong = leaseEnd - timing.leaseNanos() > now;
    long lease = isLong ? own(node, workload).longNanos : timing.leaseNanos();
    long beatAt = leaseEnd - lease;
    Predicate<String> others = voter -> promised(node, voter, workload, isLong, beatAt);
    Predicate<String> another =
        voter -> {
          Promise promise = promise(world.index(voter), workload);
          return promise.holder != node.index() && promise.endsAt > world.now();
        };
    boolean leased = voters.enough(node, workload, v -> v.equals(node.name()) || others.test(v));
    if (!leased && !alone) {
      world.violated(
          "lease",
          node + " opens in " + epoch + " without promises of " + voters.of(node, workload));
    }
    if (!alone && voters.enough(node, workload, v -> !v.equals(node.name()) && another.test(v))) {
      world.violated("lease", node + " opens in " + epoch + ", a majority is bound to another");
    }
    if (!voters.enough(node, workload, others)) {
      ownVote(node, workload, epoch, beatAt, isLong ? lease : Row.ORDINARY);
    }
    return leased;
  }

  /** Whether the holder has heard that voter's promise for a beat of that time or a later one. */
  private boolean promised(
      VirtualNode node, String voter, int workload, boolean isLong, long beatAt) {
    Echoes book = echoes(node.index(), world.index(voter), workload);
    return !voter.equals(node.name())
        && (isLong ? book.newestLongSentAt : book.newestSentAt) >= beatAt;
  }

  /** Its own vote is part of that majority, so it is bound as well. */
  private void ownVote(VirtualNode node, int workload, Epoch epoch, long beatAt, long leaseNanos) {
    Promise own = promise(node.index(), workload);
    long from = own(node, workload).reignFrom;
    long incarnation = from == 0 ? node.disk().state().incarnation() : from;
    boolean same = own.holder == node.index() && own.incarnation == incarnation;
    if (!same && own.endsAt > world.now()) {
      broken(node, own, epoch);
    }
    if (own.epoch.above(epoch)) {
      world.violated("grant-rises", node + " votes for itself in " + epoch + " after " + own.epoch);
    }
    long ago = (node.local() - beatAt) * MILLION / (MILLION - timing.driftPpm()) + 1;
    long endsAt = world.now() - ago + promiseLeastNanos(leaseNanos);
    bind(own, node.index(), incarnation, epoch, beatAt, endsAt, same);
  }
}
