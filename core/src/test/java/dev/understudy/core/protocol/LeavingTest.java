// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An agent that is told to end passes its reign on, and a standby is chosen with care. */
class LeavingTest {
  private static VirtualCluster protectedCluster(long seed) {
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    return c;
  }

  private static boolean mayEnd(VirtualCluster c, String node) {
    return c.machine(node).agent.orElseThrow().mayEnd();
  }

  @Test
  @Tag("FO-38")
  void standbyTakesOverAtOnceAndThenTheAgentMayEnd() {
    for (long seed = 0; seed < 100; seed++) {
      VirtualCluster c = protectedCluster(seed);
      assertThat(mayEnd(c, "a")).isFalse();
      c.leave("a");
      assertThat(mayEnd(c, "a")).isFalse();
      long nanos = c.until("failover", 50, _ -> {}, v -> v.machine("b").open());
      assertThat(nanos).as("seed %s", seed).isLessThan(8 * MILLI);
      c.until("end", 20, _ -> {}, v -> mayEnd(v, "a"));
      assertThat(c.machine("a").process).isFalse();
      assertThat(c.coldStarts).hasSize(1);
    }
  }

  @Test
  @Tag("FO-31")
  void leavingStandbyMayEndAtOnceAndIsNotElected() {
    VirtualCluster c = protectedCluster(1);
    c.leave("b");
    assertThat(mayEnd(c, "b")).isTrue();
    c.crash("a");
    c.until("failover", 2_000, _ -> {}, v -> v.machine("c").open());
  }

  /** Otherwise a node that is alone could never be stopped. */
  @Test
  void lastNodeMayEndWithoutASuccessor() {
    VirtualCluster c = protectedCluster(2);
    c.crash("b");
    c.crash("c");
    c.leave("a");
    c.until("end", 100, _ -> {}, v -> mayEnd(v, "a"));
    assertThat(c.actives()).isEmpty();
  }

  /** b comes earlier in the group, but c has most of what the next generation consists of. */
  @Test
  void standbyIsWhoHoldsTheNewestCopyAlready() {
    VirtualCluster c = protectedCluster(3);
    c.crash("b");
    c.advance(300);
    c.until("c to hold it", 2_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(c.view("a").orElseThrow().standby()).isEqualTo("c");
    c.start("b");
    c.advance(200);
    c.askMaintenance("a", 2_000 * MILLI);
    c.until("maintenance", 200, _ -> {}, v -> v.machine("a").parked.isPresent());
    c.endAgent("a");
    c.resumeAgent("a");
    c.until("protection", 2_000, _ -> {}, VirtualCluster::isProtected);
    assertThat(c.view("a").orElseThrow().standby()).isEqualTo("c");
  }
}
