// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.protocol.Peers.Freshness;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");

  private final Peers peers = new Peers(500_000_000L);

  @BeforeEach
  void meet() {
    List.of("b", "c", "d", "e").forEach(peers::add);
  }

  private Freshness hear(String from, long incarnation, long sequence, long ceiling, long now) {
    return peers.hear(
        new Datagram(from, "a", incarnation, 1, sequence, 0, true, ceiling, List.of()), now);
  }

  @Test
  @Tag("FO-8")
  void overtakenAndRepeatedDatagramsAreNotNewest() {
    assertThat(hear("b", 1, 5, 0, 100)).isEqualTo(Freshness.NEWEST);
    assertThat(hear("b", 1, 4, 0, 110)).isEqualTo(Freshness.OVERTAKEN);
    assertThat(hear("b", 1, 5, 0, 110)).isEqualTo(Freshness.OVERTAKEN);
    assertThat(peers.heardSince("b", 101)).isFalse();
    assertThat(hear("b", 1, 7, 0, 120)).isEqualTo(Freshness.NEWEST);
    assertThat(hear("c", 1, 1, 0, 120)).isEqualTo(Freshness.NEWEST);
  }

  @Test
  @Tag("FO-8")
  void olderIncarnationIsStaleAndANewOneCountsAnew() {
    hear("b", 2, 5, 0, 100);
    assertThat(hear("b", 1, 9, 0, 110)).isEqualTo(Freshness.STALE);
    assertThat(peers.heardSince("b", 101)).isFalse();
    assertThat(hear("b", 3, 1, 0, 120)).isEqualTo(Freshness.NEWEST);
    assertThat(peers.peer("b").incarnation()).isEqualTo(3);
  }

  @Test
  @Tag("FO-19")
  void countersAreAllowedByWhatIsPersisted() {
    hear("b", 1, 1, 2_000, 100);
    hear("c", 1, 1, 1_000, 100);
    assertThat(peers.allowing(FIVE, "a", 2_000, 1_000)).containsExactly("a", "b", "c");
    assertThat(peers.allowing(FIVE, "a", 2_000, 1_001)).containsExactly("a", "b");
    assertThat(peers.allowing(FIVE, "a", 1_999, 2_000)).containsExactly("b");
  }

  /** Ceilings only rise, so an overtaken datagram tells nothing wrong of them. */
  @Test
  @Tag("FO-18")
  void highestCeilingOfAPeerIsRemembered() {
    hear("b", 1, 5, 2_000, 100);
    hear("b", 1, 4, 1_000, 100);
    assertThat(peers.peer("b").ceiling()).isEqualTo(2_000);
  }

  @Test
  void strangersAreABrokenInvariant() {
    assertThat(peers.knows("x")).isFalse();
    assertThatThrownBy(() -> hear("x", 1, 1, 0, 0)).hasMessageContaining("not a neighbour: x");
  }
}
