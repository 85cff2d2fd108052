// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("FO-10")
class PlacementTest {
  private static final long MIB = 1 << 20;

  private static List<Host> hosts(int runners, int witnesses) {
    return Stream.concat(
            IntStream.range(0, runners).mapToObj(i -> new Host("n" + i, false)),
            IntStream.range(0, witnesses).mapToObj(i -> new Host("w" + i, true)))
        .toList();
  }

  private static List<List<String>> placed(List<Host> hosts, int workloads, long seed) {
    Placement placement = new Placement(hosts);
    Random sizes = new Random(seed);
    List<List<String>> groups = new ArrayList<>();
    for (int i = 0; i < workloads; i++) {
      groups.add(placement.place((4 + sizes.nextInt(508)) * MIB));
    }
    return groups;
  }

  @Test
  void groupsHaveThreeVotersOfWhichTwoCanRunAndNodesHaveFewNeighbours() {
    for (int runners = 2; runners <= 16; runners++) {
      for (int witnesses = runners == 2 ? 1 : 0; witnesses <= 8; witnesses++) {
        List<Host> hosts = hosts(runners, witnesses);
        SortedMap<String, Set<String>> neighbours = new TreeMap<>();
        for (List<String> group : placed(hosts, 64, runners * 100L + witnesses)) {
          assertThat(group).hasSize(Placement.VOTERS).doesNotHaveDuplicates();
          assertThat(group.subList(0, 2)).allMatch(name -> name.startsWith("n"));
          for (String node : group) {
            neighbours.computeIfAbsent(node, _ -> new TreeSet<>()).addAll(group);
          }
        }
        assertThat(neighbours).hasSizeGreaterThanOrEqualTo(Math.min(runners, 3));
        assertThat(neighbours.values())
            .allSatisfy(
                all -> assertThat(all).as("itself, and %s", hosts).hasSizeLessThanOrEqualTo(7));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "3, 0", "2, 1"})
  void smallClusterIsOneGroupInItsOwnOrder(int runners, int witnesses) {
    List<Host> hosts = hosts(runners, witnesses);
    assertThat(placed(hosts, 5, 1)).containsOnly(hosts.stream().map(Host::name).toList());
  }

  @Test
  void memoryIsSpread() {
    Placement placement = new Placement(hosts(5, 0));
    SortedMap<String, Integer> actives = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      actives.merge(placement.place(100 * MIB).getFirst(), 1, Integer::sum);
    }
    assertThat(actives).hasSize(5);
    assertThat(actives.values()).allMatch(count -> count >= 8 && count <= 12);
  }

  @Test
  void nodeThatAUserHasFilledGetsNothingMore() {
    Placement placement = new Placement(hosts(5, 0));
    placement.placed(List.of("n3", "n4", "n0"), 4_000 * MIB);
    for (int i = 0; i < 20; i++) {
      assertThat(placement.place(64 * MIB).subList(0, 2)).doesNotContain("n3", "n4");
    }
  }

  @Test
  void workloadThatComesLaterMovesNoneThatWasThere() {
    List<Host> hosts = hosts(7, 2);
    List<List<String>> many = placed(hosts, 40, 7);
    for (int fewer = 1; fewer < 40; fewer++) {
      assertThat(placed(hosts, fewer, 7)).isEqualTo(many.subList(0, fewer));
    }
  }

  @Test
  void witnessesAloneCannotRunAnything() {
    assertThatThrownBy(() -> new Placement(hosts(1, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fewer than two nodes");
  }

  @Test
  void besideARunningWorkloadAreItsNeighboursAndNodesHaveFewOfThem() {
    for (int runners = 3; runners <= 16; runners++) {
      for (int witnesses = 0; witnesses <= 6; witnesses++) {
        List<Host> hosts = hosts(runners, witnesses);
        List<String> able = hosts(runners, 0).stream().map(Host::name).toList();
        Placement placement = new Placement(hosts);
        Random random = new Random(runners * 100L + witnesses);
        SortedMap<String, Set<String>> neighbours = new TreeMap<>();
        for (int i = 0; i < 64; i++) {
          String active = "n" + random.nextInt(runners);
          List<String> group = placement.placeBeside(active, able, (4 + random.nextInt(508)) * MIB);
          assertThat(group).hasSize(Placement.VOTERS).doesNotHaveDuplicates().startsWith(active);
          assertThat(group.get(1)).startsWith("n");
          for (String node : group) {
            neighbours.computeIfAbsent(node, _ -> new TreeSet<>()).addAll(group);
          }
        }
        assertThat(neighbours.values())
            .allSatisfy(
                all -> assertThat(all).as("itself, and %s", hosts).hasSizeLessThanOrEqualTo(7));
      }
    }
  }

  @Test
  void theEmptierNeighbourStandsBy() {
    Placement placement = new Placement(hosts(5, 0));
    List<String> all = List.of("n0", "n1", "n2", "n3", "n4");
    assertThat(placement.placeBeside("n0", all, MIB)).containsExactly("n0", "n1", "n2");
    assertThat(placement.placeBeside("n0", all, MIB)).containsExactly("n0", "n4", "n1");
  }

  @Test
  void whereNoNeighbourIsAbleAnotherNodeStandsBy() {
    Placement placement = new Placement(hosts(6, 1));
    assertThat(placement.placeBeside("n0", List.of("n0", "n3"), MIB)).startsWith("n0", "n3");
    assertThat(placement.placeBeside("n0", List.of("n0"), MIB)).isEmpty();
  }

  @Test
  void twoNodesHaveNoThirdVoter() {
    List<String> both = List.of("n0", "n1");
    assertThat(new Placement(hosts(2, 0)).placeBeside("n1", both, MIB)).containsExactly("n1", "n0");
    assertThat(new Placement(hosts(2, 1)).placeBeside("n1", both, MIB))
        .containsExactly("n1", "n0", "w0");
  }
}
