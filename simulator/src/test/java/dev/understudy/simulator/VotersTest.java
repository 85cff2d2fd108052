// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators change who votes, and disks are lost. */
class VotersTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<String> NODES = List.of("a", "b", "c", "d", "e");

  private static Setup setup() {
    GroupConfig group =
        new GroupConfig(
            "w1",
            NODES,
            NODES,
            Quorum.MAJORITY,
            true,
            SECOND / 5,
            WithoutQuorum.FREEZE,
            NODES.subList(0, 3));
    return new Setup(Timing.FAST, NODES, List.of(group), Pace.USUAL);
  }

  @Test
  void changesBreakNoRuleAndSomeAreCompleted() {
    List<String> story = new ArrayList<>();
    for (long seed = 1; seed <= 6; seed++) {
      Plan plan = Faults.ofChanges(seed, setup(), 15 * SECOND);
      RunResult result = Simulation.run(plan, Model.REAL, (_, _, text) -> story.add(text));
      assertThat(result.violation()).as("seed %s", seed).isEmpty();
    }
    assertThat(story).anyMatch(s -> s.contains("has the voters of version"));
    assertThat(story).anyMatch(s -> s.contains("no change of the voters: another change"));
    assertThat(story).anyMatch(s -> s.contains("] after ["));
    // Named anew, a node has the start since which it counts behind its name.
    assertThat(story).anyMatch(s -> s.matches(".*has the voters of version .*#1\\d{12}.*"));
  }

  @Test
  void diskOfANodeThatIsNeededIsNotLost() {
    Setup three = Setup.of(Timing.FAST, "w1", List.of("a", "b", "c"));
    World world = new World(three, 1, Model.REAL, Trace.NONE).start();
    world.runUntil(SECOND);
    world.strike(new Fault.DiskLost(world.now(), SECOND / 10, "c", SECOND));
    world.strike(new Fault.DiskLost(world.now(), SECOND / 10, "b", SECOND));
    world.runUntil(3 * SECOND);
    assertThat(world.violation()).isEmpty();
    assertThat(world.node("c").disk().state().lostAt()).isPositive();
    assertThat(world.node("b").disk().state().lostAt()).isZero();
  }
}
