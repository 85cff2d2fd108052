// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupConfig.Quorum;
import dev.understudy.core.protocol.GroupConfig.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people do on purpose, and what they have chosen: worlds that are driven by hand. */
class PlannedTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final List<String> story = new ArrayList<>();

  private World served(long seed, GroupConfig group) {
    Setup setup = new Setup(Timing.STANDARD, group.members(), List.of(group), Pace.USUAL);
    World world =
        new World(setup, seed, Model.REAL, (at, who, text) -> story.add(who + ": " + text));
    world.start();
    assertThat(world.runUntil(() -> world.isServed("w1"), 5 * SECOND)).isTrue();
    world.runUntil(world.now() + SECOND);
    return world;
  }

  private static GroupConfig group(Quorum quorum, WithoutQuorum without, String... nodes) {
    List<String> members = List.of(nodes);
    return new GroupConfig("w1", members, members, quorum, true, 200 * MILLI, without);
  }

  private static GroupConfig three() {
    return group(Quorum.MAJORITY, WithoutQuorum.FREEZE, "a", "b", "c");
  }

  private boolean wasSaid(String part) {
    return story.stream().anyMatch(line -> line.contains(part));
  }

  /** Looks at the gate at every event. */
  private static boolean staysOpen(World world, String node, long nanos) {
    long until = world.now() + nanos;
    return !world.runUntil(() -> !world.openGates("w1").equals(List.of(node)), until - world.now());
  }

  @Test
  @Tag("FO-41")
  void agentIsRestartedBehindAnOpenGate() {
    World world = served(1, three());
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.AgentRestart(world.now(), 400 * MILLI, first, 2 * SECOND));
    assertThat(staysOpen(world, first, 5 * SECOND)).isTrue();
    assertThat(wasSaid(first + ": w1: goes on in epoch")).isTrue();
    assertThat(world.isServed("w1")).isTrue();
    assertThat(world.lapses() + world.falseFailovers()).isZero();
    assertThat(world.violation()).isEmpty();
  }

  @Test
  void restartThatIsCalledOffEndsTheLongLease() {
    World world = served(2, three());
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.AgentRestart(world.now(), 0, first, 20 * SECOND));
    assertThat(staysOpen(world, first, SECOND)).isTrue();
    assertThat(wasSaid("has an ordinary lease again")).isTrue();
    world.strike(new Fault.Crash(world.now(), Fault.FOREVER, first));
    assertThat(world.runUntil(() -> world.isServed("w1"), 200 * MILLI)).isTrue();
  }

  @Test
  void agentThatComesBackTooLateHasLostItsReign() {
    World world = served(3, three());
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.AgentRestart(world.now(), 2 * SECOND, first, SECOND));
    assertThat(staysOpen(world, first, 900 * MILLI)).isTrue();
    world.runUntil(world.now() + 4 * SECOND);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.violation()).isEmpty();
  }

  @Test
  void whoIsToldToEndPassesItsReignOn() {
    World world = served(4, three());
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.AgentLeaves(world.now(), 10 * SECOND, first));
    assertThat(world.runUntil(() -> isServedByAnother(world, first), 25 * MILLI)).isTrue();
    world.runUntil(world.now() + SECOND);
    assertThat(world.node(first).agentRuns()).isFalse();
    assertThat(world.violation()).isEmpty();
  }

  private static boolean isServedByAnother(World world, String former) {
    return world.isServed("w1") && !world.openGates("w1").contains(former);
  }

  @Test
  @Tag("FO-42")
  void trueWordForADeadNodeElectsTheOtherOfAPair() {
    World world = served(5, group(Quorum.PAIR_CONSISTENCY, WithoutQuorum.FREEZE, "a", "b"));
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.Crash(world.now(), Fault.FOREVER, first));
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).isEmpty();
    world.strike(new Fault.Fence(world.now(), first, "w1", true));
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.violation()).isEmpty();
  }

  /**
   * Who vouches for what he has not seen gets two actives: that is the assumption, not the rule.
   */
  @Test
  void falseWordIsFoundOut() {
    World world = served(6, group(Quorum.PAIR_CONSISTENCY, WithoutQuorum.FREEZE, "a", "b"));
    String first = world.openGates("w1").getFirst();
    String other = first.equals("a") ? "b" : "a";
    world.strike(new Fault.Cut(world.now(), Fault.FOREVER, first, other));
    world.strike(new Fault.Cut(world.now(), Fault.FOREVER, other, first));
    world.runUntil(world.now() + SECOND);
    world.strike(new Fault.Fence(world.now(), first, "w1", true));
    world.runUntil(world.now() + SECOND);
    assertThat(world.violation()).as("he looks, and says nothing").isEmpty();
    world.strike(new Fault.Fence(world.now(), first, "w1", false));
    world.runUntil(world.now() + SECOND);
    assertThat(world.violation().map(Violation::rule)).isEqualTo(Optional.of("two-outputs"));
  }

  @Test
  @Tag("FO-43")
  void pairThatPrefersAvailabilityMayHaveTwoActivesAndKeepsTheLowerOnesState() {
    World world = served(7, group(Quorum.PAIR_AVAILABILITY, WithoutQuorum.FREEZE, "a", "b"));
    String first = world.openGates("w1").getFirst();
    String other = first.equals("a") ? "b" : "a";
    Fault there = new Fault.Cut(world.now(), Fault.FOREVER, first, other);
    Fault back = new Fault.Cut(world.now(), Fault.FOREVER, other, first);
    world.strike(there);
    world.strike(back);
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).containsExactlyInAnyOrder("a", "b");
    world.end(there);
    world.end(back);
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).containsExactly(other);
    assertThat(wasSaid(first + ": w1: keeps its state of epoch")).isTrue();
    assertThat(world.violation()).isEmpty();
  }

  @Test
  @Tag("FO-44")
  void activeThatIsToContinueGoesOnAloneAndYieldsToTheMajority() {
    World world = served(8, group(Quorum.MAJORITY, WithoutQuorum.CONTINUE, "a", "b", "c"));
    String first = world.openGates("w1").getFirst();
    Fault alone = new Fault.Partition(world.now(), Fault.FOREVER, List.of(first));
    world.strike(alone);
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).hasSize(2).contains(first);
    world.end(alone);
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(wasSaid(first + ": w1: keeps its state of epoch")).isTrue();
    assertThat(world.violation()).isEmpty();
  }

  @Test
  @Tag("FO-47")
  void subscriberLearnsEachActiveThroughABadLink() {
    World world = served(9, three());
    world.strike(
        new Fault.Noise(
            world.now(), Fault.FOREVER, "", World.CLIENT, 400_000, 200_000, 0, 0, 0, 5 * MILLI));
    for (int i = 0; i < 5; i++) {
      world.strike(new Fault.ProgramExit(world.now(), "w1"));
      world.runUntil(world.now() + 6 * SECOND);
      assertThat(world.openGates("w1")).hasSize(1);
      assertThat(world.subscriber().active(0)).contains(world.openGates("w1").getFirst());
    }
    world.strike(new Fault.SubscriberRestarts(world.now()));
    world.runUntil(world.now() + 6 * SECOND);
    assertThat(world.subscriber().active(0)).contains(world.openGates("w1").getFirst());
    assertThat(world.violation()).isEmpty();
  }
}
