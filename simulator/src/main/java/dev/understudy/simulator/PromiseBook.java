// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.timing.Timing;
import java.util.Arrays;

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
  }

  private final World world;
  private final int workloads;
  private final int size;
  private final long promiseLeastNanos;
  private final Promise[] promises;
  private final Echoes[] echoes;
  private final Epoch[] asked;
  private final Deliveries[] deliveries;

  PromiseBook(World world) {
    this.world = world;
    size = world.setup().nodes().size();
    workloads = world.setup().groups().size();
    Timing timing = world.setup().timing();
    promiseLeastNanos = timing.promiseNanos() * MILLION / (MILLION + timing.driftPpm()) - 2;
    promises = new Promise[size * workloads];
    Arrays.setAll(promises, _ -> new Promise());
    echoes = new Echoes[size * size * workloads];
    Arrays.setAll(echoes, _ -> new Echoes());
    asked = new Epoch[size * workloads];
    Arrays.fill(asked, Epoch.NONE);
    deliveries = new Deliveries[size * size];
    Arrays.setAll(deliveries, _ -> new Deliveries());
  }

  private Promise promise(int voter, int workload) {
    return promises[voter * workloads + workload];
  }

  private Echoes echoes(int holder, int voter, int workload) {
    return echoes[(holder * size + voter) * workloads + workload];
  }

  private GroupConfig group(int workload) {
    return world.setup().groups().get(workload);
  }

  // ---- what arrives ----------------------------------------------------------------------------

  void delivered(VirtualNode node, Datagram datagram) {
    int from = world.index(datagram.sender());
    deliveries[node.index() * size + from].add(
        datagram.sentAt(), datagram.senderIncarnation(), world.now());
    boolean mine = datagram.receiverIncarnation() == node.disk().state().incarnation();
    for (Row row : datagram.rows()) {
      int workload = world.workload(row.workload());
      release(node.index(), workload, from, datagram.senderIncarnation(), row);
      boolean echoed = mine && !row.echoEpoch().equals(Epoch.NONE);
      if (echoed && !asked[node.index() * workloads + workload].above(row.echoEpoch())) {
        Echoes book = echoes(node.index(), from, workload);
        book.newestSentAt = Math.max(book.newestSentAt, row.echoSentAt());
      }
    }
  }

  /** Its holder says that this epoch, or all of its former starts, is over. */
  private void release(int voter, int workload, int from, long incarnation, Row row) {
    Promise promise = promise(voter, workload);
    if (promise.holder != from) {
      return;
    }
    boolean ofThis = promise.incarnation == (row.reignFrom() == 0 ? incarnation : row.reignFrom());
    boolean over = !row.released().equals(Epoch.NONE) && !promise.epoch.above(row.released());
    if ((ofThis && over) || promise.incarnation < row.reignFrom()) {
      promise.endsAt = Math.min(promise.endsAt, world.now());
    }
  }

  /** The own vote may be for a higher number of the same reign than any gate was opened in. */
  private void releaseOwn(int voter, long incarnation, Row row) {
    Promise own = promise(voter, world.workload(row.workload()));
    boolean releases =
        own.holder == voter && own.incarnation == incarnation && !own.epoch.above(row.released());
    if (releases) {
      own.endsAt = Math.min(own.endsAt, world.now());
    }
  }

  void agentEnded(VirtualNode node) {
    for (int workload = 0; workload < workloads; workload++) {
      for (int voter = 0; voter < size; voter++) {
        echoes(node.index(), voter, workload).newestSentAt = Long.MIN_VALUE;
      }
    }
  }

  // ---- what leaves -----------------------------------------------------------------------------

  void sent(VirtualNode voter, Datagram datagram) {
    for (Row row : datagram.rows()) {
      if (row.stand() == Row.Stand.CANDIDATE) {
        asks(voter, row);
      }
      if (!row.released().equals(Epoch.NONE)) {
        releaseOwn(voter.index(), datagram.senderIncarnation(), row);
      }
      if (!row.echoEpoch().equals(Epoch.NONE)) {
        echoes(voter, datagram, row);
      }
    }
  }

  /** With a new candidature, echoes of former ones count no more. */
  private void asks(VirtualNode candidate, Row row) {
    int workload = world.workload(row.workload());
    int place = candidate.index() * workloads + workload;
    if (asked[place].equals(row.epoch())) {
      return;
    }
    asked[place] = row.epoch();
    for (int voter = 0; voter < size; voter++) {
      echoes(candidate.index(), voter, workload).newestSentAt = Long.MIN_VALUE;
    }
  }

  private void echoes(VirtualNode voter, Datagram datagram, Row row) {
    int workload = world.workload(row.workload());
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
    int place = heard.firstOf(row.echoSentAt());
    if (place < 0) {
      world.violated("promise", voter + " echoes what it never heard: " + datagram);
      return;
    }
    long heardAt = heard.at(place);
    long incarnation = heard.incarnation(place);
    boolean same = promise.holder == holder && promise.incarnation == incarnation;
    if (promise.epoch.above(row.echoEpoch())) {
      world.violated(
          "grant-rises", voter + " follows " + row.echoEpoch() + " after " + promise.epoch);
    }
    if (!same && promise.epoch.equals(row.echoEpoch())) {
      world.violated("grant-unique", voter + " follows " + row.echoEpoch() + " of two holders");
    }
    long startsAt = heardAt;
    if (!same) {
      if (promise.endsAt > world.now()) {
        broken(voter, promise, row.echoEpoch());
      }
      // A held request is granted when the promise before it has lapsed.
      startsAt = Math.max(heardAt, promise.endsAt);
    }
    bind(promise, holder, incarnation, row.echoEpoch(), row.echoSentAt(), startsAt, same);
  }

  private void bind(
      Promise promise,
      int holder,
      long incarnation,
      Epoch epoch,
      long sentAt,
      long startsAt,
      boolean same) {
    long endsAt = startsAt + promiseLeastNanos;
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

  /** A node has decided to open until then: a majority must have promised that. */
  void leased(VirtualNode node, int workload, Epoch epoch, long untilNanos) {
    GroupConfig group = group(workload);
    if (group.quorum() != Quorum.MAJORITY) {
      return;
    }
    Timing timing = world.setup().timing();
    long beatAt = untilNanos + timing.gateMarginNanos() - timing.leaseNanos();
    int majority = group.members().size() / 2 + 1;
    int others = 0;
    int elsewhere = 0;
    for (String member : group.members()) {
      int voter = world.index(member);
      if (voter == node.index()) {
        continue;
      }
      if (echoes(node.index(), voter, workload).newestSentAt >= beatAt) {
        others++;
      }
      Promise promise = promise(voter, workload);
      boolean another = promise.holder != node.index() && promise.endsAt > world.now();
      elsewhere += another ? 1 : 0;
    }
    if (others + 1 < majority) {
      world.violated(
          "lease", node + " opens in " + epoch + " with promises of " + others + " others only");
    }
    if (elsewhere >= majority) {
      world.violated("lease", node + " opens in " + epoch + ", a majority is bound to another");
    }
    if (others < majority) {
      ownVote(node, workload, epoch, beatAt);
    }
  }

  /** Its own vote is part of that majority, so it is bound as well. */
  private void ownVote(VirtualNode node, int workload, Epoch epoch, long beatAt) {
    Promise own = promise(node.index(), workload);
    long incarnation = node.disk().state().incarnation();
    boolean same = own.holder == node.index() && own.incarnation == incarnation;
    if (!same && own.endsAt > world.now()) {
      broken(node, own, epoch);
    }
    if (own.epoch.above(epoch)) {
      world.violated("grant-rises", node + " votes for itself in " + epoch + " after " + own.epoch);
    }
    long drift = world.setup().timing().driftPpm();
    long ago = (node.local() - beatAt) * MILLION / (MILLION - drift) + 1;
    bind(own, node.index(), incarnation, epoch, beatAt, world.now() - ago, same);
  }
}
