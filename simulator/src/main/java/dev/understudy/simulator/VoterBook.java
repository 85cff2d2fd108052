// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Membership;
import dev.understudy.core.protocol.Membership.Member;
import dev.understudy.core.protocol.Row;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who votes where, read off disks and datagrams: each version is given to one set only, the next
 * one is made when majorities of both sets have the one before, and who has lost its disk promises
 * nothing until a holder has named it anew.
 */
final class VoterBook {
  /** One version of one workload, as its holder names it. */
  private record Name(int workload, Epoch epoch, long number) {}

  private final World world;
  private final int workloads;

  /** What each node goes by: the newest that it made or has heard that somebody has on disk. */
  private final Membership[] known;

  /** What each agent knows that its disk has. */
  private final DurableState[] told;

  /** Which loss of its disk a node is back from, by node and workload; 0 for none. */
  private final long[] backFrom;

  private final Map<Name, Membership> made = new HashMap<>();

  VoterBook(World world) {
    this.world = world;
    workloads = world.setup().groups().size();
    known = new Membership[world.setup().nodes().size() * workloads];
    Arrays.fill(known, Membership.NONE);
    told = new DurableState[world.setup().nodes().size()];
    Arrays.fill(told, DurableState.NEW);
    backFrom = new long[known.length];
  }

  private Membership known(VirtualNode node, int workload) {
    return known[node.index() * workloads + workload];
  }

  private GroupConfig group(int workload) {
    return world.setup().groups().get(workload);
  }

  private Membership onDisk(VirtualNode node, int workload) {
    return in(node.disk().state(), workload);
  }

  private Membership in(DurableState state, int workload) {
    return state.memberships().getOrDefault(group(workload).workload(), Membership.NONE);
  }

  void agentStarted(VirtualNode node) {
    told[node.index()] = node.disk().state();
    for (int workload = 0; workload < workloads; workload++) {
      known[node.index() * workloads + workload] = onDisk(node, workload);
    }
    noteReturn(node);
  }

  void took(VirtualNode node, Input input) {
    if (input instanceof Input.Persisted(_, var state)) {
      told[node.index()] = state;
      noteReturn(node);
    }
  }

  /** Once named it has a history again, also when it is not to vote any more. */
  private void noteReturn(VirtualNode node) {
    DurableState disk = told[node.index()];
    for (int workload = 0; workload < workloads; workload++) {
      if (!isLost(disk, node, workload)) {
        backFrom[node.index() * workloads + workload] = disk.lostAt();
      }
    }
  }

  /** A row of a datagram that is newer than what came before from its sender. */
  void delivered(VirtualNode node, int workload, Row row) {
    if (row.membership().newerThan(known(node, workload))) {
      known[node.index() * workloads + workload] = row.membership();
    }
  }

  /** A step has that for the disk, so it goes by it from now on. */
  void decided(VirtualNode node, DurableState wanted) {
    for (int workload = 0; workload < workloads; workload++) {
      Membership before = known(node, workload);
      Membership version = in(wanted, workload);
      if (version.equals(before) || before.newerThan(version)) {
        continue;
      }
      isMade(node, workload, before, version);
      known[node.index() * workloads + workload] = version;
    }
  }

  /** Nobody has told of it before, so this node has made it. */
  private void isMade(VirtualNode node, int workload, Membership before, Membership version) {
    Name name = new Name(workload, version.epoch(), version.number());
    Membership same = made.putIfAbsent(name, version);
    if (same != null && !same.equals(version)) {
      world.violated(
          "version-unique", node + " has " + version + ", and somebody has made " + same);
    }
    boolean next = version.epoch().equals(before.epoch());
    if (next && !enough(before, workload, n -> hasOnDisk(n, workload, before))) {
      world.violated(
          "version-majority", node + " makes " + version + " while too few have " + before);
    }
  }

  /** Who has lost its disk since may have had it before. */
  private boolean hasOnDisk(String name, int workload, Membership version) {
    VirtualNode node = world.node(name);
    return node.disk().state().lostAt() > 0 || !version.newerThan(onDisk(node, workload));
  }

  /** Who has lost its disk, and is not back, neither promises nor asks for promises. */
  void decided(VirtualNode node, Datagram datagram) {
    DurableState disk = told[node.index()];
    if (disk.lostAt() == 0) {
      return;
    }
    for (Row row : datagram.rows()) {
      int workload = world.workload(row.workload());
      boolean promises = !row.echoEpoch().equals(Epoch.NONE);
      boolean leads = row.stand() == Row.Stand.CANDIDATE || row.stand() == Row.Stand.ACTIVE;
      if ((promises || leads) && !isBack(disk, node, workload)) {
        world.violated("lost-disk", node + " has lost its disk, and says " + row);
      }
    }
  }

  private boolean isBack(DurableState disk, VirtualNode node, int workload) {
    return backFrom[node.index() * workloads + workload] == disk.lostAt();
  }

  private boolean isLost(DurableState disk, VirtualNode node, int workload) {
    long lostAt = disk.lostAt();
    Membership version = in(disk, workload);
    return lostAt > 0
        && !(named(version.members(), node.name(), lostAt)
            && (version.former().isEmpty() || named(version.former(), node.name(), lostAt)));
  }

  private static boolean named(List<Member> members, String node, long since) {
    return members.stream().anyMatch(m -> m.node().equals(node) && m.since() >= since);
  }

  // ---- majorities ------------------------------------------------------------------------------

  /** Whether that holds for majorities of all sets that this node has to go by. */
  boolean enough(VirtualNode node, int workload, Predicate<String> holds) {
    return enough(known(node, workload), workload, holds);
  }

  /** The version that this node goes by, for people. */
  String of(VirtualNode node, int workload) {
    Membership version = known(node, workload);
    return version.equals(Membership.NONE)
        ? group(workload).voters().toString()
        : version.toString();
  }

  private boolean enough(Membership version, int workload, Predicate<String> holds) {
    if (version.equals(Membership.NONE)) {
      return majority(group(workload).voters(), holds);
    }
    return majority(names(version.members()), holds)
        && (version.former().isEmpty() || majority(names(version.former()), holds));
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::node).toList();
  }

  private static boolean majority(List<String> voters, Predicate<String> holds) {
    int among = 0;
    for (String voter : voters) {
      among += holds.test(voter) ? 1 : 0;
    }
    return among > voters.size() / 2;
  }

  // ---- what operators look at ------------------------------------------------------------------

  /** Whether others could still elect somebody everywhere if that node lost its disk. */
  boolean canSpare(String node) {
    for (int workload = 0; workload < workloads; workload++) {
      GroupConfig group = group(workload);
      boolean votes = group.members().contains(node);
      if (votes
          && (group.quorum() != Quorum.MAJORITY || !canElect(workload, n -> !n.equals(node)))) {
        return false;
      }
    }
    return true;
  }

  /** Whether those have votes enough, and one that may run it, by the newest version anywhere. */
  boolean canElect(int workload, Predicate<String> among) {
    Membership newest = Membership.NONE;
    for (VirtualNode node : world.nodes()) {
      Membership one = onDisk(node, workload);
      newest = one.newerThan(newest) ? one : newest;
    }
    Predicate<String> votes =
        n -> among.test(n) && !isLost(world.node(n).disk().state(), world.node(n), workload);
    Membership version = newest;
    boolean runs =
        group(workload).runners().stream()
            .anyMatch(n -> votes.test(n) && isVoter(version, workload, n));
    return runs && enough(version, workload, votes);
  }

  private boolean isVoter(Membership version, int workload, String node) {
    return version.equals(Membership.NONE)
        ? group(workload).voters().contains(node)
        : names(version.members()).contains(node);
  }
}
