// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.timing.Timing;
import java.util.List;

/**
 * What the parts of a {@link Group} share: {@link Hearing}, {@link Candidature} and {@link Tenure}
 * change it, each in its own matters.
 */
final class GroupState {
  /** A question for a longer promise is repeated with each beat; then it is over. */
  private static final long WANTED_NANOS = 1_000_000_000L;

  final GroupConfig config;
  final String self;
  final Timing timing;
  final Voter voter;
  final Reign reign;
  final Copies copies = new Copies();
  final ActiveView active = new ActiveView();
  final Mirror mirror;
  final Maintenance maintenance = new Maintenance(this);
  final Electorate electorate;
  final StormGuard guard;
  final Assembly assembly;

  /** Which start of this agent found no disk; 0 for none, {@link Long#MAX_VALUE} for unknown. */
  long lostAt;

  final Succession succession;
  final Backoff backoff = new Backoff();
  private final List<String> others;

  /** The questions of peers that this node answers with yes, by the peer's own time. */
  final ByName<Long> yesTo = new ByName<>();

  /** What each peer said last that it is to the workload. */
  final ByName<Row.Stand> stands = new ByName<>();

  Standing standing;

  /** This node's own last epoch that is over for good. */
  Epoch released = Epoch.NONE;

  /** This node's last reign ended because it heard of another: both may have had effects. */
  boolean yielded;

  /** Whether this node has reigned since its start. */
  boolean reigned;

  /** The agent is about to end for good: this node neither stands nor offers anything. */
  boolean leaving;

  /** Whether it was said that the storm guard holds this candidature back. */
  boolean waitSaid;

  /** Whether a silence of the active followed now was reported already. */
  boolean suspicionSaid;

  /**
   * The oldest start of this node's agent of which a reign may be in force; 0 while that is
   * unknown, because the gate may still stand open since then.
   */
  long reignFrom;

  private long highestSeen;
  private long promiseWanted;
  private long promiseWantedAt = Long.MIN_VALUE;
  private Epoch grantedByOthers = Epoch.NONE;

  GroupState(
      GroupConfig config,
      String self,
      Timing timing,
      DurableState durable,
      Epoch floor,
      long silentUntil,
      StormGuard guard) {
    this.guard = guard;
    this.lostAt = durable.lostAt();
    this.config = config;
    this.self = self;
    this.others = config.others(self);
    this.timing = timing;
    this.voter = new Voter(timing, floor);
    this.reign = new Reign(timing.leaseNanos());
    this.mirror = new Mirror(config, self, timing, copies);
    this.electorate = new Electorate(config, self, timing);
    this.succession = new Succession(config, self, timing, copies, active, electorate);
    this.assembly = new Assembly(this, durable.membership(config.workload()));
    this.standing = new Standing.Silent(silentUntil);
    this.highestSeen = floor.counter();
    active.vacate(silentUntil);
  }

  /** The start of this agent, or of a former one, to which this node's reign has to be counted. */
  long holder(Turn turn) {
    return reignFrom == 0 ? turn.incarnation() : reignFrom;
  }

  /** Somebody asks for a promise of that length: the disk has to know before it is made. */
  void wantPromise(long nanos, long now) {
    promiseWanted = nanos;
    promiseWantedAt = now;
  }

  /** The longest promise that the disk has to know of now. */
  long promiseWanted(long now) {
    boolean wanted = promiseWantedAt != Long.MIN_VALUE && now - promiseWantedAt < WANTED_NANOS;
    return wanted || voter.ordinaryFrom() > now ? promiseWanted : 0;
  }

  /** What is known of a former life: its reign, in which it granted nothing above. */
  void restore(Epoch epoch) {
    highestSeen = epoch.counter();
  }

  String workload() {
    return config.workload();
  }

  List<String> others() {
    return others;
  }

  /** The highest epoch counter that this node knows of; a successor goes above it. */
  long highestSeen() {
    return Math.max(highestSeen, voter.highest().counter());
  }

  void seen(long counter) {
    highestSeen = Math.max(highestSeen, counter);
  }

  /** A peer refuses everything below that. */
  void refusedBelow(Epoch highest) {
    seen(highest.counter());
    grantedByOthers = highest.above(grantedByOthers) ? highest : grantedByOthers;
  }

  /** Whether somebody refuses that epoch, or may do so. */
  boolean outranks(Epoch epoch) {
    return highestSeen() > epoch.counter() || grantedByOthers.above(epoch);
  }

  /** Whether this node keeps its promises to itself: it has forgotten what it promised before. */
  boolean mute() {
    return standing instanceof Standing.Silent || !assembly.votes();
  }

  boolean leads() {
    return standing instanceof Standing.Active || standing instanceof Standing.Candidate;
  }

  /** The epoch of this node's own reign or candidature. */
  Epoch reignEpoch() {
    return standing.epoch();
  }

  /** What the beats of this node ask of voters, as in {@link Row#askNanos}. */
  long askNanos() {
    return standing instanceof Standing.Active ? maintenance.askNanos() : Row.ORDINARY;
  }

  /** This node's own vote for its reign or candidature, as of now; it binds like any other. */
  void voteForSelf(Epoch epoch, Turn turn) {
    if (voter.follow(self, holder(turn), epoch, turn.now(), maintenance.askNanos(), turn)) {
      long promised = voter.echoTo(self).leaseNanos();
      long longNanos = maintenance.leaseNanos(turn.now(), promised);
      reign.echo(self, epoch, turn.now(), longNanos, turn.now());
    }
  }
}
