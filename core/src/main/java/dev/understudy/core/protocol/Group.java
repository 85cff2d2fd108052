// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** One workload's protocol state on one node. */
final class Group {
  private static final long BACKOFF_NANOS = 1_000_000_000L;
  private static final int BACKOFF_DOUBLINGS_MOST = 5;
  private static final long STEADY_NANOS = 30_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  private final GroupConfig config;
  private final String self;
  private final Timing timing;
  private final RandomGenerator random;
  private final Voter voter;
  private final Reign reign;
  private final Copies copies = new Copies();
  private final ActiveView active = new ActiveView();
  private final Mirror mirror;
  private final Succession succession;
  private final TreeMap<String, Long> yesTo = new TreeMap<>();
  private Standing standing;
  private Epoch released = Epoch.NONE;
  private long highestSeen;
  private long gateUntil = Long.MIN_VALUE;
  private long backoffUntil = Long.MIN_VALUE;
  private int failures;
  private boolean hasState;
  private boolean suspicionSaid;

  Group(
      GroupConfig config,
      String self,
      Timing timing,
      Epoch floor,
      long silentUntil,
      RandomGenerator random) {
    this.config = config;
    this.self = self;
    this.timing = timing;
    this.random = random;
    this.voter = new Voter(timing.promiseNanos(), timing.leaseNanos(), floor);
    this.reign = new Reign(timing.leaseNanos());
    this.mirror = new Mirror(config, self, timing);
    this.succession = new Succession(config, self, timing, copies, active);
    this.standing = new Standing.Silent(silentUntil);
    this.highestSeen = floor.counter();
    active.vacate(silentUntil);
  }

  GroupConfig config() {
    return config;
  }

  long highestSeen() {
    return Math.max(highestSeen, voter.highest().counter());
  }

  boolean leads() {
    return standing instanceof Standing.Active || standing instanceof Standing.Candidate;
  }

  // ---- what arrives ----------------------------------------------------------------------------

  /** A row of a peer. Echoes count in any order; everything else only from its newest datagram. */
  void hear(Datagram from, Row row, boolean newest, Turn turn) {
    highestSeen = Math.max(highestSeen, Math.max(row.highest().counter(), row.epoch().counter()));
    if (from.receiverIncarnation() == turn.incarnation()) {
      hearEcho(from.sender(), row, turn.now());
    }
    if (!newest) {
      return;
    }
    copies.peerSays(from.sender(), row.held());
    if (!row.released().equals(Epoch.NONE)) {
      voter.release(from.sender(), from.senderIncarnation(), row.released(), turn.now());
      active.released(from.sender(), from.senderIncarnation(), row.released(), turn.now());
    }
    if (row.stand() != Row.Stand.ASKING) {
      yesTo.remove(from.sender());
    }
    switch (row.stand()) {
      case PASSIVE -> voter.dropRequest(from.sender());
      case ASKING -> hearQuestion(from, turn);
      case CANDIDATE -> hearRequest(from, row, turn);
      case ACTIVE -> hearActive(from, row, turn);
    }
    mirror.hear(from.sender(), row, reignEpoch(), turn);
  }

  private void hearEcho(String voterName, Row row, long now) {
    if (leads() && !row.echoEpoch().equals(Epoch.NONE)) {
      reign.echo(voterName, row.echoEpoch(), row.echoSentAt(), now);
    }
    if (standing instanceof Standing.Asking(var since, var yes) && row.yesTo() >= since) {
      yes.add(voterName);
    }
  }

  private void hearQuestion(Datagram from, Turn turn) {
    voter.dropRequest(from.sender());
    boolean wouldVote =
        !(standing instanceof Standing.Silent)
            && !(standing instanceof Standing.Active)
            && active.vacant(turn.now(), timing.windowNanos() - timing.beatNanos())
            && turn.now() >= succession.trustedFrom(turn)
            && !succession.forgets(from.sender(), turn);
    if (wouldVote) {
      yesTo.put(from.sender(), from.sentAt());
    } else {
      yesTo.remove(from.sender());
    }
  }

  private void hearRequest(Datagram from, Row row, Turn turn) {
    if (standing instanceof Standing.Silent || succession.forgets(from.sender(), turn)) {
      return;
    }
    boolean granted =
        voter.request(
            from.sender(),
            from.senderIncarnation(),
            row.epoch(),
            from.sentAt(),
            turn.ceiling(),
            turn.now());
    if (granted) {
      giveWay(from.sender(), turn);
    }
  }

  private void hearActive(Datagram from, Row row, Turn turn) {
    voter.dropRequest(from.sender());
    boolean news = row.epoch().compareTo(active.epoch()) >= 0;
    boolean rival = standing instanceof Standing.Active && row.epoch().above(reignEpoch());
    if (rival) {
      close("epoch " + row.epoch() + " reigns", turn);
    }
    if (!(standing instanceof Standing.Active) && !(standing instanceof Standing.Closing)) {
      active.heard(from.sender(), from.senderIncarnation(), row, turn.now());
      if (news) {
        followNews(from.sender(), turn);
      }
    }
    if (!(standing instanceof Standing.Silent)) {
      voter.follow(
          from.sender(),
          from.senderIncarnation(),
          row.epoch(),
          from.sentAt(),
          turn.ceiling(),
          turn.now());
    }
  }

  private void followNews(String node, Turn turn) {
    suspicionSaid = false;
    giveWay(node, turn);
    if (copies.hasFrozen()) {
      copies.dropFrozen();
      turn.effects().run(new Command.Discard(config.workload(), node + " reigns"));
    }
  }

  /** Somebody else got this node's vote or reigns: an own question or request is void. */
  private void giveWay(String to, Turn turn) {
    switch (standing) {
      case Standing.Asking _ -> standing = new Standing.Passive();
      case Standing.Candidate(var epoch, _) -> withdraw(epoch, "gave way to " + to, turn);
      case Standing.Silent _, Standing.Passive _, Standing.Active _, Standing.Closing _ -> {}
    }
  }

  void gateShut(Turn turn) {
    if (standing instanceof Standing.Closing(var epoch, var why)) {
      over(epoch, turn);
      turn.effects().say(new Verdict.Released(config.workload(), epoch, why));
    }
  }

  void running(Epoch epoch, Turn turn) {
    if (standing instanceof Standing.Active reigning && reigning.covers(epoch)) {
      hasState = true;
      mirror.begin(turn.now());
    }
  }

  void failed(Epoch epoch, String reason, Turn turn) {
    copies.ended(epoch);
    if (standing instanceof Standing.Active reigning && reigning.covers(epoch)) {
      hasState = false;
      long wait = BACKOFF_NANOS << Math.min(failures++, BACKOFF_DOUBLINGS_MOST);
      backoffUntil = turn.now() + wait;
      close(reason, turn);
    }
  }

  void copyHeld(GenerationId generation) {
    copies.hold(generation);
  }

  void copyLost(GenerationId generation) {
    copies.lose(generation);
  }

  Mirror mirror() {
    return mirror;
  }

  // ---- what time brings ------------------------------------------------------------------------

  /** Closes a reign whose lease is over, before anything that arrived later can be counted. */
  void checkLease(Turn turn) {
    if (!(standing instanceof Standing.Active(var epoch, _, _)) || turn.now() < gateUntil) {
      return;
    }
    turn.effects().say(new Verdict.Lapsed(config.workload(), epoch, turn.now() - gateUntil));
    close("lost the lease", turn);
  }

  void advance(Turn turn) {
    if (standing instanceof Standing.Silent(var until) && turn.now() >= until) {
      standing = new Standing.Passive();
    }
    if (standing instanceof Standing.Silent) {
      return;
    }
    grantWaiting(turn);
    if (standing instanceof Standing.Passive
        && turn.now() >= succession.mayAskAt(backoffUntil, turn)) {
      ask(turn);
    }
    if (standing instanceof Standing.Asking asking) {
      advanceQuestion(asking, turn);
    }
    if (standing instanceof Standing.Candidate candidate) {
      advanceCandidature(candidate, turn);
    }
    if (standing instanceof Standing.Active(var epoch, _, var since)) {
      renew(epoch, turn);
      if (turn.now() - since > STEADY_NANOS) {
        failures = 0;
      }
      mirror.advance(epoch, turn);
    }
  }

  /** The beat period is over: what leaves now counts from now. */
  void beat(Turn turn) {
    switch (standing) {
      case Standing.Active reigning -> {
        raiseIfRefused(reigning, turn);
        voteForSelf(reignEpoch(), turn);
      }
      case Standing.Candidate(var epoch, _) -> {
        if (voter.boundTo(self, epoch, turn.now())) {
          voteForSelf(epoch, turn);
        }
      }
      case Standing.Silent _, Standing.Passive _, Standing.Asking _, Standing.Closing _ -> {}
    }
  }

  private void voteForSelf(Epoch epoch, Turn turn) {
    if (voter.follow(self, turn.incarnation(), epoch, turn.now(), turn.ceiling(), turn.now())) {
      reign.echo(self, epoch, turn.now(), turn.now());
    }
  }

  /**
   * A restarted voter refuses counters that it may have forgotten: the same reign goes above, but
   * not above what those who follow it now have persisted, for they could not go along.
   */
  private void raiseIfRefused(Standing.Active reigning, Turn turn) {
    Epoch epoch = reigning.epoch();
    if (highestSeen() <= epoch.counter()) {
      return;
    }
    long counter = highestSeen() + 1;
    if (!turn.peers().majorityAllows(config.members(), self, turn.ceiling(), counter)
        || !turn.peers().allAllow(reign.followers(turn.now()), self, turn.ceiling(), counter)) {
      return;
    }
    Epoch higher = new Epoch(counter, self);
    reign.raise(higher);
    standing = new Standing.Active(higher, reigning.first(), reigning.since());
    active.own(self, higher);
    mirror.raise(turn.now());
    turn.effects().say(new Verdict.Raised(config.workload(), epoch, higher));
  }

  private void grantWaiting(Turn turn) {
    if (standing instanceof Standing.Active || standing instanceof Standing.Closing) {
      return;
    }
    Optional<String> candidate = voter.waitingCandidate(turn.now(), turn.ceiling(), copies::of);
    if (candidate.isEmpty()) {
      return;
    }
    String other = candidate.get();
    boolean outbid = standing instanceof Standing.Candidate && !succession.comesBefore(other);
    if (outbid || succession.forgets(other, turn)) {
      return;
    }
    voter.grantWaiting(other, turn.now());
    giveWay(other, turn);
    turn.effects().hurry(List.of(other));
  }

  private void ask(Turn turn) {
    standing = new Standing.Asking(turn.now(), new TreeSet<>(List.of(self)));
    turn.effects().hurry(others());
    if (!active.node().isEmpty() && !active.isReleased() && !suspicionSaid) {
      suspicionSaid = true;
      long silent = turn.now() - active.silentSince();
      turn.effects().say(new Verdict.Suspected(config.workload(), active.node(), silent));
    }
  }

  private void advanceQuestion(Standing.Asking asking, Turn turn) {
    if (turn.now() < succession.mayAskAt(backoffUntil, turn)) {
      standing = new Standing.Passive();
      return;
    }
    long counter = highestSeen() + 1;
    if (asking.yes().size() < config.electionVotes() || counter > turn.ceiling()) {
      return;
    }
    Epoch epoch = new Epoch(counter, self);
    standing = new Standing.Candidate(epoch, turn.now());
    reign.begin(epoch);
    turn.effects().hurry(others());
  }

  private void advanceCandidature(Standing.Candidate candidate, Turn turn) {
    Epoch epoch = candidate.epoch();
    boolean free = !voter.boundElsewhere(self, turn.incarnation(), turn.now());
    if (free && !voter.boundTo(self, epoch, turn.now())) {
      voteForSelf(epoch, turn);
      if (!voter.boundTo(self, epoch, turn.now())) {
        withdraw(epoch, "a higher epoch than it was granted here", turn);
        return;
      }
    }
    boolean votes = reign.voters() >= config.electionVotes();
    long end = gateEnd();
    if (votes && turn.now() < end) {
      win(epoch, turn);
    } else if (turn.now() - candidate.since() >= timing.leaseNanos() * 3 / 2) {
      withdraw(epoch, "no majority in time, " + reign.voters() + " votes", turn);
    }
  }

  private void win(Epoch epoch, Turn turn) {
    GenerationId offer = copies.own();
    standing = new Standing.Active(epoch, epoch, turn.now());
    active.own(self, epoch);
    suspicionSaid = false;
    // What is woken has it before it says so; what starts has none to lose until it runs.
    hasState = !offer.equals(GenerationId.NONE);
    gateUntil = Long.MIN_VALUE;
    int votes = reign.voters();
    turn.effects().say(new Verdict.Elected(config.workload(), epoch, offer, votes));
    renew(epoch, turn);
    copies.consume(offer);
    turn.effects()
        .run(
            offer.equals(GenerationId.NONE)
                ? new Command.Start(config.workload(), epoch)
                : new Command.Wake(config.workload(), epoch, offer));
    turn.effects().run(new Command.Announce(config.workload(), epoch));
    turn.effects().hurry(others());
  }

  private void renew(Epoch epoch, Turn turn) {
    long end = gateEnd();
    if (end > gateUntil) {
      gateUntil = end;
      turn.effects().run(new Command.OpenGate(config.workload(), epoch, end));
    }
  }

  private long gateEnd() {
    long leaseEnd = reign.leaseEnd(config.leaseVotes());
    return leaseEnd == Long.MIN_VALUE ? leaseEnd : leaseEnd - timing.gateMarginNanos();
  }

  private void withdraw(Epoch epoch, String why, Turn turn) {
    long wait =
        succession.rank(turn) * timing.staggerNanos() + random.nextLong(2 * timing.staggerNanos());
    backoffUntil = Math.max(backoffUntil, turn.now() + wait);
    turn.effects().say(new Verdict.Withdrew(config.workload(), epoch, why));
    released = epoch;
    voter.release(self, turn.incarnation(), epoch, turn.now());
    standing = new Standing.Passive();
    turn.effects().hurry(others());
  }

  private void close(String why, Turn turn) {
    Epoch epoch = reignEpoch();
    Epoch first = standing instanceof Standing.Active reigning ? reigning.first() : epoch;
    standing = new Standing.Closing(epoch, why);
    mirror.end();
    turn.effects().run(new Command.ShutGate(config.workload(), epoch));
    if (hasState) {
      turn.effects().run(new Command.Freeze(config.workload()));
      copies.freeze(first, epoch);
    } else {
      turn.effects().run(new Command.Discard(config.workload(), why));
    }
    hasState = false;
  }

  private void over(Epoch epoch, Turn turn) {
    released = epoch;
    voter.release(self, turn.incarnation(), epoch, turn.now());
    active.vacate(turn.now());
    standing = new Standing.Passive();
    turn.effects().hurry(others());
  }

  // ---- small questions -------------------------------------------------------------------------

  private List<String> others() {
    return config.members().stream().filter(m -> !m.equals(self)).toList();
  }

  private Epoch reignEpoch() {
    return switch (standing) {
      case Standing.Active(var epoch, _, _) -> epoch;
      case Standing.Candidate(var epoch, _) -> epoch;
      case Standing.Closing(var epoch, _) -> epoch;
      case Standing.Silent _, Standing.Passive _, Standing.Asking _ -> Epoch.NONE;
    };
  }

  // ---- what leaves -----------------------------------------------------------------------------

  Row row(String receiver) {
    Voter.Echo echo = voter.echoTo(receiver);
    Row.Stand stand =
        switch (standing) {
          case Standing.Active _ -> Row.Stand.ACTIVE;
          case Standing.Candidate _ -> Row.Stand.CANDIDATE;
          case Standing.Asking _ -> Row.Stand.ASKING;
          case Standing.Silent _, Standing.Passive _, Standing.Closing _ -> Row.Stand.PASSIVE;
        };
    return new Row(
        config.workload(),
        stand,
        leads() ? reignEpoch() : Epoch.NONE,
        voter.highest(),
        released,
        copies.own(),
        mirror.standby(),
        echo.epoch(),
        echo.sentAt(),
        yesTo.getOrDefault(receiver, Row.NO_TIME));
  }

  /** When time alone would change something. */
  long wakeAt(Turn turn) {
    long wake = voter.nextLapse(turn.now());
    return Math.min(
        wake,
        switch (standing) {
          case Standing.Silent(var until) -> until;
          case Standing.Passive _ -> succession.mayAskAt(backoffUntil, turn);
          case Standing.Asking _, Standing.Closing _ -> NEVER;
          case Standing.Candidate(_, var since) ->
              Math.min(
                  since + timing.leaseNanos() * 3 / 2,
                  voter.boundElsewhere(self, turn.incarnation(), turn.now())
                      ? voter.boundUntil()
                      : NEVER);
          case Standing.Active _ -> Math.min(gateUntil, mirror.nextAt());
        });
  }

  GroupView view() {
    boolean leading = standing instanceof Standing.Active;
    return new GroupView(
        config.workload(),
        standing.label(),
        leading,
        active.epoch(),
        active.node(),
        leading ? mirror.standby() : active.standby(),
        copies.own(),
        mirror.protectedBy(),
        mirror.intervalNanos());
  }
}
