// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives each workload a group of three: two nodes that can run it and a third that votes. Nodes
 * that share a group exchange heartbeats, so a group is always taken from neighbours on a ring of
 * the nodes that can run something: then a node has at most {@link #NEIGHBOURS_MOST} others to talk
 * to, however many nodes and workloads there are.
 *
 * <p>A workload's group depends on those placed before it, never on later ones: adding a workload
 * at the end of a file moves none of the others.
 */
public final class Placement {
  /** Voters of a group; one of them may fail. */
  public static final int VOTERS = 3;

  /** Two on either side of the ring, and a witness of either pair. */
  public static final int NEIGHBOURS_MOST = 6;

  /** So many adjacent pairs share a witness, which then has one neighbour more than that. */
  private static final int PAIRS_A_WITNESS = 3;

  /** A standby holds the former copy until the next one is there. */
  private static final int COPIES_ON_STANDBY = 2;

  private final List<Host> hosts;
  private final List<String> ring;
  private final List<String> witnesses;
  private final SortedMap<String, Long> bytes = new TreeMap<>();

  /**
   * Nothing is placed yet.
   *
   * @param hosts best first; at least two can run workloads
   */
  public Placement(List<Host> hosts) {
    this.hosts = List.copyOf(hosts);
    ring = hosts.stream().filter(h -> !h.witnessOnly()).map(Host::name).toList();
    witnesses = hosts.stream().filter(Host::witnessOnly).map(Host::name).toList();
    if (ring.size() < 2) {
      throw new IllegalArgumentException("fewer than two nodes can run workloads: " + hosts);
    }
    hosts.forEach(host -> bytes.put(host.name(), 0L));
  }

  /**
   * The group for one more workload, best first: all nodes if there are at most three, else the
   * three where the memory that it needs leaves the fullest node emptiest.
   *
   * @param memoryBytes limit of one copy
   */
  public List<String> place(long memoryBytes) {
    List<String> best = List.of();
    long least = Long.MAX_VALUE;
    for (List<String> group : groups()) {
      long fullest = fullest(group, memoryBytes);
      if (fullest < least) {
        least = fullest;
        best = group;
      }
    }
    placed(best, memoryBytes);
    return best;
  }

  /**
   * The group for one more workload that runs already: its node, a standby and a third that votes,
   * in this order. A neighbour on the ring is preferred as standby, and of two the emptier one;
   * only when neither is able, another node, which may give nodes more neighbours than {@link
   * #NEIGHBOURS_MOST}.
   *
   * @param active where it runs
   * @param able names of the nodes that could take it over
   * @param memoryBytes limit of one copy
   * @return two names when there are no three nodes; empty when no other node is able
   */
  public List<String> placeBeside(String active, List<String> able, long memoryBytes) {
    List<String> others = ring.stream().filter(n -> !n.equals(active) && able.contains(n)).toList();
    List<String> near = others.stream().filter(n -> adjacent(active, n)).toList();
    String standby = "";
    for (String node : near.isEmpty() ? others : near) {
      standby = standby.isEmpty() || of(node) < of(standby) ? node : standby;
    }
    if (standby.isEmpty()) {
      return List.of();
    }
    List<String> group = new ArrayList<>(List.of(active, standby));
    third(active, standby).ifPresent(group::add);
    placed(group, memoryBytes);
    return List.copyOf(group);
  }

  private boolean adjacent(String one, String other) {
    int distance = Math.abs(ring.indexOf(one) - ring.indexOf(other));
    return ring.contains(one) && (distance == 1 || distance == ring.size() - 1);
  }

  /** The witness of that part of the ring, else the next node on the ring, else any other node. */
  private Optional<String> third(String active, String standby) {
    int first = ring.indexOf(active);
    int second = ring.indexOf(standby);
    int pair = onRing(first + 1).equals(standby) ? first : second;
    int witness = Math.max(0, pair) / PAIRS_A_WITNESS;
    List<String> preferred = new ArrayList<>();
    if (witness < witnesses.size()) {
      preferred.add(witnesses.get(witness));
    }
    for (int i = 2; i <= ring.size() + 1; i++) {
      preferred.add(onRing(Math.max(0, pair) + i));
    }
    preferred.addAll(witnesses);
    return preferred.stream().filter(n -> !n.equals(active) && !n.equals(standby)).findFirst();
  }

  /** Counts a workload whose user chose the group. */
  public void placed(List<String> group, long memoryBytes) {
    List<String> runners = group.stream().filter(ring::contains).toList();
    if (runners.size() >= 2) {
      add(runners.get(0), memoryBytes);
      add(runners.get(1), memoryBytes * COPIES_ON_STANDBY);
    }
  }

  private void add(String node, long more) {
    bytes.merge(node, more, Long::sum);
  }

  private long fullest(List<String> group, long memoryBytes) {
    List<String> runners = group.stream().filter(ring::contains).toList();
    return Math.max(
        of(runners.get(0)) + memoryBytes, of(runners.get(1)) + memoryBytes * COPIES_ON_STANDBY);
  }

  private long of(String node) {
    return bytes.getOrDefault(node, 0L);
  }

  private List<List<String>> groups() {
    if (hosts.size() <= VOTERS) {
      return List.of(hosts.stream().map(Host::name).toList());
    }
    List<List<String>> groups = new ArrayList<>();
    for (int pair = 0; pair < ring.size(); pair++) {
      int witness = pair / PAIRS_A_WITNESS;
      String third = witness < witnesses.size() ? witnesses.get(witness) : onRing(pair + 2);
      groups.add(List.of(onRing(pair), onRing(pair + 1), third));
    }
    return groups;
  }

  private String onRing(int index) {
    return ring.get(index % ring.size());
  }
}
