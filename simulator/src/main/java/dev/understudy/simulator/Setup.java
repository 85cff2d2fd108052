// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a virtual cluster.
 *
 * @param timing which times it uses
 * @param nodes their names
 * @param groups one for each workload
 * @param pace how long things take
 * @param takeoversAtOnce how many workloads a node takes over at once
 */
public record Setup(
    Timing timing, List<String> nodes, List<GroupConfig> groups, Pace pace, int takeoversAtOnce) {
  private static final long MILLI = 1_000_000L;

  public Setup {
    nodes = List.copyOf(nodes);
    groups = List.copyOf(groups);
    for (GroupConfig group : groups) {
      if (!nodes.containsAll(group.members())) {
        throw new IllegalArgumentException("group " + group + " has other nodes than " + nodes);
      }
    }
  }

  /** One in which as many workloads are taken over at once as usual. */
  public Setup(Timing timing, List<String> nodes, List<GroupConfig> groups, Pace pace) {
    this(timing, nodes, groups, pace, FailoverNode.TAKEOVERS_USUAL);
  }

  /** One mirrored workload in one group of all these nodes, all of which may run it. */
  public static Setup of(Timing timing, String workload, List<String> nodes) {
    GroupConfig group = new GroupConfig(workload, nodes, nodes, Quorum.MAJORITY, true, 200 * MILLI);
    return new Setup(timing, nodes, List.of(group), Pace.USUAL);
  }

  /** The same cluster, in which things take another time. */
  public Setup withPace(Pace other) {
    return new Setup(timing, nodes, groups, other, takeoversAtOnce);
  }

  /** The same cluster, in which no user lets two be active: who cannot know waits. */
  Setup single() {
    List<GroupConfig> all = new ArrayList<>();
    for (GroupConfig group : groups) {
      boolean two = group.quorum() == Quorum.PAIR_AVAILABILITY;
      all.add(
          new GroupConfig(
              group.workload(),
              group.members(),
              group.runners(),
              two ? Quorum.PAIR_CONSISTENCY : group.quorum(),
              group.mirrored(),
              group.checkpointIntervalNanos(),
              WithoutQuorum.FREEZE));
    }
    return new Setup(timing, nodes, all, pace, takeoversAtOnce);
  }

  /**
   * The shape that a seed stands for: mostly three nodes, sometimes five, sometimes many, and
   * seldom so in mild weather, where hours count; now and then a workload has only two.
   */
  static Setup draw(Chance chance, Weather weather) {
    Timing timing = timing(chance);
    int kind = chance.below(100);
    int few = weather == Weather.MILD ? 85 : 65;
    int many = weather == Weather.MILD ? 97 : 87;
    int size = kind < few ? 3 : kind < many ? 5 : 4 + chance.below(6);
    int alone = chance.percent(70) ? 1 : 2;
    int workloads = kind < many ? alone : 2 + chance.below(4);
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(String.valueOf((char) ('a' + i)));
    }
    List<GroupConfig> groups = new ArrayList<>();
    for (int i = 1; i <= workloads; i++) {
      groups.add(group("w" + i, nodes, chance));
    }
    // Fewer than are there, now and then: then they take turns.
    int takeovers = workloads > 1 && chance.percent(60) ? 1 : FailoverNode.TAKEOVERS_USUAL;
    return new Setup(timing, nodes, groups, Pace.USUAL, takeovers);
  }

  private static Timing timing(Chance chance) {
    int kind = chance.below(100);
    if (kind < 55) {
      return Timing.STANDARD;
    }
    return kind < 90 ? Timing.FAST : kind < 97 ? Timing.RELAXED : Timing.WIDE;
  }

  private static GroupConfig group(String workload, List<String> nodes, Chance chance) {
    List<String> pool = new ArrayList<>(nodes);
    List<String> members = new ArrayList<>();
    boolean pair = chance.percent(8);
    int size = pair ? 2 : nodes.size() >= 5 && chance.percent(50) ? 5 : 3;
    while (members.size() < size) {
      members.add(pool.remove(chance.below(pool.size())));
    }
    int runners = !pair && chance.percent(40) ? size - 1 : size;
    boolean mirrored = chance.percent(85);
    long interval = chance.between(100, 1_000) * MILLI;
    Quorum alone = chance.percent(50) ? Quorum.PAIR_CONSISTENCY : Quorum.PAIR_AVAILABILITY;
    boolean goesOn = chance.percent(10) && !pair;
    return new GroupConfig(
        workload,
        members,
        members.subList(0, runners),
        pair ? alone : Quorum.MAJORITY,
        mirrored,
        interval,
        goesOn ? WithoutQuorum.CONTINUE : WithoutQuorum.FREEZE);
  }

  /** As one line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(timing.profile()).append(", nodes ").append(nodes);
    for (GroupConfig group : groups) {
      text.append(", ").append(group.workload()).append(" on ").append(group.members());
      if (group.runners().size() < group.members().size()) {
        text.append(" (runs on ").append(group.runners()).append(')');
      }
      text.append(group.mirrored() ? "" : " restart");
      text.append(group.quorum() == Quorum.MAJORITY ? "" : " " + group.quorum());
      text.append(group.withoutQuorum() == WithoutQuorum.CONTINUE ? " continues alone" : "");
    }
    if (takeoversAtOnce < groups.size()) {
      text.append(", ").append(takeoversAtOnce).append(" taken over at once");
    }
    return text.toString();
  }
}
