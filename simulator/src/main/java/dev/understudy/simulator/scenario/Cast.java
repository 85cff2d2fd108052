// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import dev.understudy.simulator.Pace;
import dev.understudy.simulator.Setup;
import java.util.ArrayList;
import java.util.List;

/** What a scenario's first commands say of its cluster. */
final class Cast {
  private static final long INTERVAL_NANOS = 200_000_000L;
  private static final List<Timing> TIMINGS =
      List.of(Timing.STANDARD, Timing.FAST, Timing.RELAXED, Timing.WIDE);

  private List<String> nodes = List.of("a", "b", "c");
  private List<String> runners = List.of();
  private List<String> voters = List.of();
  private Timing timing = Timing.STANDARD;
  private int workloads = 1;
  private boolean mirrored = true;
  private boolean prefersAvailability;
  private boolean goesOn;
  private int takeovers = FailoverNode.TAKEOVERS_USUAL;
  private int seed = 1;
  // Every frame takes the same time and every timer rings on time, so that a story does not
  // change by what chance brings elsewhere.
  private Pace pace = Pace.USUAL.withLinks(200_000, 200_000, 0);

  /** Takes a command of the cast; false if it is none. */
  boolean understands(String verb, Words words) throws ScenarioException {
    switch (verb) {
      case "nodes" -> nodes = words.rest("node");
      case "runners" -> runners = words.among(nodes, "runner");
      case "voters" -> voters = words.among(nodes, "voter");
      case "timing" -> timing = timing(words);
      case "workloads" -> workloads = words.number("number of workloads");
      case "takeovers" -> takeovers = words.number("number of takeovers at once");
      case "strategy" ->
          mirrored = words.one(List.of("mirror", "restart"), "strategy").equals("mirror");
      case "prefer" ->
          prefersAvailability =
              words
                  .one(List.of("consistency", "availability"), "preference")
                  .equals("availability");
      case "without-quorum" ->
          goesOn = words.one(List.of("freeze", "continue"), "way").equals("continue");
      case "seed" -> seed = words.number("seed");
      case "links" ->
          pace =
              pace.withLinks(
                  words.duration("shortest way"), words.duration("longest way"), 100_000);
      default -> {
        return false;
      }
    }
    words.end();
    return true;
  }

  private static Timing timing(Words words) throws ScenarioException {
    List<String> names = TIMINGS.stream().map(Timing::profile).toList();
    return TIMINGS.get(names.indexOf(words.one(names, "profile")));
  }

  long seed() {
    return seed;
  }

  private Quorum quorum() {
    if (nodes.size() != 2) {
      return Quorum.MAJORITY;
    }
    return prefersAvailability ? Quorum.PAIR_AVAILABILITY : Quorum.PAIR_CONSISTENCY;
  }

  Setup setup() {
    List<GroupConfig> groups = new ArrayList<>();
    for (int i = 1; i <= workloads; i++) {
      groups.add(
          new GroupConfig(
              "w" + i,
              nodes,
              runners.isEmpty() ? nodes : runners,
              quorum(),
              mirrored,
              INTERVAL_NANOS,
              goesOn ? WithoutQuorum.CONTINUE : WithoutQuorum.FREEZE,
              voters.isEmpty() ? nodes : voters));
    }
    return new Setup(timing, nodes, groups, pace, takeovers);
  }
}
