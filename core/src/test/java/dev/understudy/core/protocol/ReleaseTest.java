// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static dev.understudy.core.protocol.VirtualCluster.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A release may carry the releaser's vote, for a request that was named before. */
@Tag("FO-14")
class ReleaseTest {
  private static VirtualCluster withoutWitness(long seed) {
    VirtualCluster c = new VirtualCluster(Timing.STANDARD, seed, "a", "b", "c").startAll();
    c.until("protection", 5_000, _ -> {}, VirtualCluster::isProtected);
    c.crash("c");
    c.advance(200);
    return c;
  }

  private static String state(VirtualCluster c, String node) {
    return c.view(node).orElseThrow().state();
  }

  /** Question and request travel while the kernel shuts the gate; one hop is left. */
  @Test
  void standbyIsElectedByTheReleaseItself() {
    for (long seed = 0; seed < 100; seed++) {
      VirtualCluster c = withoutWitness(seed);
      c.machine("a").shutNanos = 3 * MILLI;
      c.fail("a", c.view("a").orElseThrow().epoch(), "exit status 1");
      assertThat(c.until("shut", 5, _ -> {}, v -> state(v, "a").equals("passive")))
          .isGreaterThanOrEqualTo(3 * MILLI);
      assertThat(state(c, "b")).as("seed %s", seed).isEqualTo("candidate");
      long hop = 250_000 + 200_000;
      assertThat(c.until("election", 5, _ -> {}, v -> v.machine("b").open())).isLessThan(hop);
    }
  }

  @Test
  void releaserMayLeaveAtOnce() {
    for (long seed = 0; seed < 100; seed++) {
      VirtualCluster c = withoutWitness(seed);
      c.machine("a").shutNanos = 3 * MILLI;
      c.fail("a", c.view("a").orElseThrow().epoch(), "exit status 1");
      c.until("release", 5, _ -> {}, v -> state(v, "a").equals("passive"));
      c.crash("a");
      assertThat(c.until("election", 5, _ -> {}, v -> v.machine("b").open())).isLessThan(MILLI);
    }
  }

  /** Nothing may be elected by a request that waits while the gate is not shut yet. */
  @Test
  @Tag("FO-12")
  void nobodyIsElectedBeforeTheGateIsShut() {
    VirtualCluster c = withoutWitness(1);
    c.start("c");
    c.advance(300);
    c.machine("a").shutNanos = 10 * MILLI;
    c.fail("a", c.view("a").orElseThrow().epoch(), "exit status 1");
    c.advance(9);
    assertThat(state(c, "a")).isEqualTo("closing");
    assertThat(state(c, "b")).isEqualTo("candidate");
    c.until("election", 5, _ -> {}, v -> v.machine("b").open());
    assertThat(state(c, "a")).isEqualTo("passive");
  }

  /** Counted by two candidates, a vote in a release would elect both. */
  @Test
  void voteInAReleaseNamesOneRequestAndBinds() {
    GroupConfig group = VirtualCluster.group(GroupConfig.Quorum.MAJORITY, "a", "b", "c", "d", "e");
    LoneNode a = new LoneNode("a", group, Timing.STANDARD);
    a.passSilence();
    group.others("a").forEach(n -> a.hear(n, Row.Stand.PASSIVE, Epoch.NONE, Row.NO_TIME));
    Epoch reign = a.candidature("b", "c");
    a.echo("b", reign, a.now());
    a.echo("c", reign, a.now());
    assertThat(a.told("b").stand()).isEqualTo(Row.Stand.ACTIVE);
    a.fail(reign);
    assertThat(a.told("b").stand()).isEqualTo(Row.Stand.CLOSING);
    assertThat(a.told("b").released()).isEqualTo(Epoch.NONE);
    Epoch ofB = new Epoch(reign.counter() + 1, "b");
    Epoch ofC = new Epoch(reign.counter() + 1, "c");
    a.hear("b", Row.Stand.CANDIDATE, ofB, Row.NO_TIME);
    a.hear("c", Row.Stand.CANDIDATE, ofC, Row.NO_TIME);
    assertThat(a.told("b").echoEpoch()).isEqualTo(Epoch.NONE);
    long requested = a.now();
    a.gateShut();
    for (String peer : group.others("a")) {
      assertThat(a.told(peer).released()).isEqualTo(reign);
      boolean named = peer.equals("b");
      assertThat(a.told(peer).echoEpoch()).as(peer).isEqualTo(named ? ofB : Epoch.NONE);
      assertThat(a.told(peer).echoSentAt()).isEqualTo(named ? requested : Row.NO_TIME);
    }
    a.hear("c", Row.Stand.CANDIDATE, new Epoch(reign.counter() + 2, "c"), Row.NO_TIME);
    assertThat(a.told("c").echoEpoch()).isEqualTo(Epoch.NONE);
  }
}
