// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/**
 * A fault planted on purpose.
 *
 * @param name short and unique
 * @param what the fault, in one sentence
 * @param rule the rule of {@code docs/protocol.md} that it breaks
 * @param found as which broken rules the simulator may report it
 * @param seedsMost within so many seeds the simulator must find it
 * @param cluster in which clusters
 * @param patches the changed sources; none if a {@link FaultyModels} of that name is meant
 */
public record Canary(
    String name,
    String what,
    String rule,
    List<String> found,
    int seedsMost,
    Cluster cluster,
    List<Patch> patches) {
  /** Where it is looked for. */
  public enum Cluster {
    /** In clusters of every shape, as seeds draw them. */
    DRAWN,
    /** In one of three nodes with quick times and one workload: the cheapest. */
    THREE,
    /** In one of five nodes, all of which may start the workload at any time. */
    FIVE_RUNNERS,
    /** In one of five nodes, three of which vote at first, and whose voters change all the time. */
    CHANGING,
    /** In one of three nodes with four workloads, of which a node takes one over at a time. */
    MANY
  }

  public Canary {
    found = List.copyOf(found);
    patches = List.copyOf(patches);
  }

  /** A fault of the sources, found in rough weather. */
  static Canary of(
      String name, String what, String rule, String found, int seedsMost, Patch... patches) {
    List<String> rules = List.of(found.split(" "));
    return new Canary(name, what, rule, rules, seedsMost, Cluster.DRAWN, List.of(patches));
  }

  /** The same fault, looked for in small clusters only. */
  Canary amongThree() {
    return new Canary(name, what, rule, found, seedsMost, Cluster.THREE, patches);
  }

  /** The same fault, looked for where voters change. */
  Canary amongChanging() {
    return new Canary(name, what, rule, found, seedsMost, Cluster.CHANGING, patches);
  }

  /** The same fault, looked for where workloads take turns. */
  Canary amongMany() {
    return new Canary(name, what, rule, found, seedsMost, Cluster.MANY, patches);
  }

  /** The same fault, looked for where many may become active. */
  Canary amongFive() {
    return new Canary(name, what, rule, found, seedsMost, Cluster.FIVE_RUNNERS, patches);
  }
}
