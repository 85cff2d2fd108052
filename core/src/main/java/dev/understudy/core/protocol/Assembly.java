// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import dev.understudy.core.protocol.Membership.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The voters of one group as this node knows them, and a reign's way from one set to the next.
 *
 * <pre>
 * asked    -> recommitted  the version is the reign's own, and persisted by a majority
 * then     -> pending      the new set beside the former one; both are needed from now on
 * then     -> complete     majorities of both have the pending version on their disks
 * </pre>
 */
final class Assembly {
  /** What somebody wants: who joins and who leaves, either of them empty. */
  private record Wish(String join, String leave) {}

  private final GroupState state;
  private final ByName<Membership> onDisksOf = new ByName<>();
  private Membership known;
  private Membership onDisk;
  private Optional<Wish> wish = Optional.empty();
  private boolean unsaid;

  Assembly(GroupState state, Membership onDisk) {
    this.state = state;
    this.known = onDisk;
    this.onDisk = onDisk;
    state.electorate.follow(onDisk);
  }

  /** The newest version that this node has heard of or made. */
  Membership known() {
    return known;
  }

  /** What its disk has: only that is told to others. */
  Membership onDisk() {
    return onDisk;
  }

  void persisted(Membership version) {
    if (!version.newerThan(onDisk)) {
      return;
    }
    boolean before = votes();
    onDisk = version;
    if (!before && votes()) {
      // What it has granted is forgotten; all of that lay below the reign that took it back.
      state.voter.takenBack(newestOf(version.epoch()), state.active.incarnation());
    }
  }

  /** Versions have the first epoch of a reign; what it was raised to may have been echoed here. */
  private Epoch newestOf(Epoch reign) {
    Epoch heard = state.active.epoch();
    return heard.node().equals(reign.node()) && heard.above(reign) ? heard : reign;
  }

  /** Whether this node may echo, grant and stand: not when it has lost its disk and is not back. */
  boolean votes() {
    return state.lostAt == 0 || onDisk.counts(state.self, state.lostAt);
  }

  /** Whether this node's vote is one that counts, so that it may stand. */
  boolean mayStand() {
    return votes() && members().stream().anyMatch(named(state.self));
  }

  /** A peer has that version on its disk. */
  void hear(String peer, Membership version, Turn turn) {
    if (version.equals(Membership.NONE) && known.equals(Membership.NONE)) {
      return;
    }
    onDisksOf.put(peer, version);
    if (version.newerThan(known)) {
      adopt(version, turn);
    }
  }

  private void adopt(Membership version, Turn turn) {
    known = version;
    state.electorate.follow(version);
    turn.effects().say(new Verdict.MembershipKnown(state.workload(), version));
  }

  /** Whether that candidate has an older version than this node: it must not be elected. */
  boolean outdates(Membership candidates) {
    return known.newerThan(candidates);
  }

  boolean outdates(String candidate) {
    return known.newerThan(onDisksOf.getOrDefault(candidate, Membership.NONE));
  }

  /** The reign is over: what was asked for and not begun has to be asked for again. */
  void end() {
    wish = Optional.empty();
    unsaid = false;
  }

  // ---- the holder of a lease -------------------------------------------------------------------

  void ask(String join, String leave, Turn turn) {
    String refusal = refusal(join, leave, turn);
    if (refusal.isEmpty()) {
      wish = Optional.of(new Wish(join, leave));
    } else {
      turn.effects().say(new Verdict.MembershipRefused(state.workload(), refusal));
    }
  }

  private String refusal(String join, String leave, Turn turn) {
    if (!(state.standing instanceof Standing.Active) || state.electorate.isAlone()) {
      return "no lease here";
    }
    if (state.config.quorum() != GroupConfig.Quorum.MAJORITY) {
      return "two nodes have no majority";
    }
    if (wish.isPresent() || known.pending() || !state.maintenance.ordinary()) {
      return "another change, or maintenance, is under way";
    }
    return impossible(join, leave, turn);
  }

  /** Why the members, as they are, cannot be changed like that; empty when they can. */
  private String impossible(String join, String leave, Turn turn) {
    if (leave.equals(state.self)) {
      return "the active stays: let another node take over first";
    }
    List<Member> now = members();
    boolean leaves = leave.isEmpty() || now.stream().anyMatch(m -> m.node().equals(leave));
    boolean joins = join.isEmpty() || join.equals(leave) || now.stream().noneMatch(named(join));
    if ((join.isEmpty() && leave.isEmpty()) || !leaves || !joins) {
      return "cannot add '" + join + "' and remove '" + leave + "' of " + now;
    }
    if (!join.isEmpty() && turn.peers().find(join).filter(this::heard).isEmpty()) {
      return join + " is no node of this group that is heard";
    }
    int size = now.size() + (join.isEmpty() ? 0 : 1) - (leave.isEmpty() ? 0 : 1);
    if (size == 0) {
      return leave + " is the last voter";
    }
    return size <= Membership.MEMBERS_MOST ? "" : "more than " + Membership.MEMBERS_MOST;
  }

  private boolean heard(Peers.Peer peer) {
    return peer.incarnation() > 0 && state.others().contains(peer.name());
  }

  private static Predicate<Member> named(String node) {
    return m -> m.node().equals(node);
  }

  /** Brings a change, also one that a former holder began, one step on. */
  void advance(Epoch reign, Turn turn) {
    if (wish.isEmpty() && !known.pending() && !unsaid) {
      return;
    }
    if (!known.epoch().equals(reign)) {
      make(reign, 1, members(), known.former(), turn);
    } else if (state.electorate.enough(this::hasOnDisk)) {
      step(reign, turn);
    }
  }

  private boolean hasOnDisk(String node) {
    Membership has =
        node.equals(state.self) ? onDisk : onDisksOf.getOrDefault(node, Membership.NONE);
    return has.equals(known);
  }

  private void step(Epoch reign, Turn turn) {
    long next = known.number() + 1;
    if (known.pending()) {
      make(reign, next, known.members(), List.of(), turn);
      unsaid = true;
    } else if (unsaid) {
      unsaid = false;
      turn.effects().say(new Verdict.MembershipChanged(state.workload(), known));
    } else if (wish.isPresent()) {
      begin(reign, next, wish.get(), turn);
      wish = Optional.empty();
    }
  }

  /** Since it was asked for, the members may have become others: a former holder's come late. */
  private void begin(Epoch reign, long next, Wish wanted, Turn turn) {
    String obstacle = impossible(wanted.join, wanted.leave, turn);
    if (obstacle.isEmpty()) {
      make(reign, next, after(wanted, turn), members(), turn);
    } else {
      turn.effects().say(new Verdict.MembershipRefused(state.workload(), obstacle));
    }
  }

  private void make(
      Epoch reign, long number, List<Member> members, List<Member> former, Turn turn) {
    adopt(new Membership(reign, number, members, former), turn);
    turn.effects().hurry(state.others());
  }

  private List<Member> after(Wish wanted, Turn turn) {
    List<Member> members = new ArrayList<>(members());
    members.removeIf(named(wanted.leave));
    if (!wanted.join.isEmpty()) {
      long since = turn.peers().peer(wanted.join).incarnation();
      members.add(new Member(wanted.join, since));
    }
    return members;
  }

  private List<Member> members() {
    return known.members().isEmpty()
        ? state.config.voters().stream().map(v -> new Member(v, 0)).toList()
        : known.members();
  }
}
