// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A world that is driven by hand. */
class WorldTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private static World served(long seed) {
    Setup setup = Setup.of(Timing.STANDARD, "w1", List.of("a", "b", "c"));
    World world = new World(setup, seed, Model.REAL, Trace.NONE).start();
    assertThat(world.runUntil(() -> world.isServed("w1"), 5 * SECOND)).isTrue();
    world.runUntil(world.now() + SECOND);
    return world;
  }

  @Test
  void crashedActiveIsSucceededAndTheClientFollows() {
    World world = served(1);
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.Crash(world.now(), Fault.FOREVER, first));
    world.runUntil(world.now() + 100 * MILLI);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.isServed("w1")).isTrue();
    assertThat(world.falseFailovers()).isZero();
    assertThat(world.violation()).isEmpty();
  }

  @Test
  void isolatedActiveIsShutByItsKernelAlthoughItsAgentStandsStill() {
    World world = served(2);
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.Pause(world.now(), 10 * SECOND, first, Fault.Scope.THREAD));
    world.runUntil(world.now() + 100 * MILLI);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    world.runUntil(world.now() + 15 * SECOND);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.violation()).isEmpty();
  }

  @Test
  void faultThatIsEndedEarlyIsOver() {
    World world = served(3);
    String first = world.openGates("w1").getFirst();
    Fault cut = new Fault.Isolate(world.now(), Fault.FOREVER, first, Fault.Way.BOTH);
    world.strike(cut);
    world.runUntil(world.now() + 200 * MILLI);
    assertThat(world.isServed("w1")).isTrue();
    world.end(cut);
    world.runUntil(world.now() + SECOND);
    assertThat(world.node(first).views().getFirst().active())
        .isEqualTo(world.openGates("w1").getFirst());
  }

  /** What no fault excuses: somebody swallows the active's datagrams. */
  @Test
  void failoverWithoutNeedIsCounted() {
    World world = served(4);
    String first = world.openGates("w1").getFirst();
    world
        .network()
        .intercept((datagram, drawn) ->
            datagram.sender().equals(first) ? VirtualNetwork.Interceptor.LOSE : drawn);
    world.runUntil(world.now() + 200 * MILLI);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.falseFailovers()).isEqualTo(1);
  }

  @Test
  void clientGoesWhereAnnouncementsLead() {
    World world = served(5);
    String first = world.openGates("w1").getFirst();
    world.strike(new Fault.ProgramExit(world.now(), "w1"));
    world.runUntil(world.now() + SECOND);
    assertThat(world.openGates("w1")).hasSize(1).doesNotContain(first);
    assertThat(world.isServed("w1")).isTrue();
  }
}
