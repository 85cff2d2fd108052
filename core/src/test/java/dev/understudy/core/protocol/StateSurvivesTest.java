// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** While somebody alive and reachable has state, nobody starts without it. */
class StateSurvivesTest {
  /** The first active has crashed, b reigns, c holds its copy. */
  private static VirtualCluster afterFailover(Timing timing, long seed) {
    VirtualCluster c = new VirtualCluster(timing, seed, "a", "b", "c").startAll();
    c.until("protection by a", 5_000, _ -> {}, v -> isProtected(v, "a"));
    c.crash("a");
    c.until("protection by b", 5_000, _ -> {}, v -> isProtected(v, "b"));
    assertThat(c.coldStarts).hasSize(1);
    return c;
  }

  private static boolean isProtected(VirtualCluster c, String node) {
    return c.machine(node).open()
        && !c.view(node).orElseThrow().protectedBy().equals(GenerationId.NONE);
  }

  private static boolean isProtected(VirtualCluster c) {
    return c.machines.keySet().stream()
        .anyMatch(n -> c.machine(n).agent.isPresent() && isProtected(c, n));
  }

  /** The restarted node refuses the reign's number; the other follower must be able to go along. */
  @Test
  @Tag("FO-19")
  void reignIsNotRaisedAboveWhatItsFollowersHavePersisted() {
    VirtualCluster c = afterFailover(Timing.STANDARD, 1);
    c.machine("c").diskNanos = 300 * MILLI;
    c.start("a");
    c.advance(1_000);
    assertThat(c.verdicts).noneMatch(v -> v instanceof Verdict.Lapsed);
    assertThat(c.verdicts).anyMatch(v -> v instanceof Verdict.Raised);
    assertThat(c.actives()).containsExactly("b");
  }

  /** Nobody but b has any state, its reign has just lapsed, and it is kept from being elected. */
  @Test
  @Tag("FO-30")
  void frozenProcessWinsOverAColdStart() {
    for (long seed = 0; seed < 400; seed++) {
      VirtualCluster c = afterFailover(seed % 3 == 0 ? Timing.FAST : Timing.STANDARD, seed);
      SplittableRandom random = new SplittableRandom(seed + 1);
      c.crash("c");
      c.machines.values().forEach(m -> m.diskNanos = random.nextLong(400 * MILLI));
      c.loss = random.nextInt(4) * 0.1;
      c.advance(random.nextLong(200));
      c.start(random.nextBoolean() ? "a" : "c");
      for (int i = 0; i < 20; i++) {
        c.advance(random.nextLong(60));
        c.pause("b", random.nextLong(30 * MILLI));
      }
      c.loss = 0;
      c.until("protected again, seed " + seed, 20_000, _ -> {}, v -> isProtected(v));
      assertThat(c.coldStarts).as("seed %s%n%s", seed, String.join("\n", c.log)).hasSize(1);
    }
  }

  /** All three are there, and any of them may be late or lose datagrams; nobody crashes. */
  @Test
  @Tag("FO-30")
  void noisyClusterKeepsItsState() {
    for (long seed = 0; seed < 400; seed++) {
      VirtualCluster c = afterFailover(seed % 3 == 0 ? Timing.FAST : Timing.STANDARD, seed);
      SplittableRandom random = new SplittableRandom(seed + 1);
      c.machines.values().forEach(m -> m.diskNanos = random.nextLong(400 * MILLI));
      c.start("a");
      c.loss = random.nextInt(5) * 0.1;
      for (int i = 0; i < 40; i++) {
        c.advance(random.nextLong(60));
        String node = "abc".substring(random.nextInt(3)).substring(0, 1);
        long pause = random.nextLong(120 * MILLI);
        // Pauses in a row would outlast the wait for state, and then a cold start is right.
        if (c.now > c.machine(node).pausedUntil + 60 * MILLI) {
          c.pause(node, pause);
        }
      }
      c.loss = 0;
      c.until("protected again, seed " + seed, 20_000, _ -> {}, v -> isProtected(v));
      assertThat(c.coldStarts).as("seed %s%n%s", seed, String.join("\n", c.log)).hasSize(1);
    }
  }
}
