// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the active a says of its protection, from the reports of b. */
class MirrorTest {
  private static final long MILLI = 1_000_000L;
  private static final Timing TIMING = Timing.STANDARD;
  private static final Epoch EPOCH = new Epoch(5, "a");
  private static final Epoch RAISED = new Epoch(1_001, "a");
  private static final GenerationId FIRST = new GenerationId(EPOCH, 1);

  private final Peers peers = new Peers();
  private final Mirror mirror =
      new Mirror(
          new GroupConfig(
              "count",
              List.of("a", "b", "w"),
              List.of("a", "b"),
              GroupConfig.Quorum.MAJORITY,
              true,
              200 * MILLI),
          "a",
          TIMING,
          new Copies());
  private long now = 1_000 * MILLI;
  private long sequence;
  private Effects effects = new Effects();

  @BeforeEach
  void chooseTheStandby() {
    peers.add("b");
    peers.add("w");
    mirror.begin(now);
    now += 100 * MILLI;
    report(GenerationId.NONE);
    mirror.advance(EPOCH, turn());
  }

  private Turn turn() {
    return new Turn(now, 1_000, TIMING.promiseNanos(), 1, Long.MIN_VALUE, peers, effects);
  }

  private void report(GenerationId held) {
    effects = new Effects();
    Words words = Words.passive().holds(held);
    peers.hear(words.datagram("b", "a", ++sequence, 0), now);
    mirror.hear("b", words.row(), EPOCH, turn());
  }

  @Test
  @Tag("FO-40")
  void protectedOnlyByWhatTheStandbyReportsAsHeld() {
    assertThat(mirror.standby()).isEqualTo("b");
    mirror.done(FIRST, 20 * MILLI, turn());
    assertThat(mirror.protectedBy()).isEqualTo(GenerationId.NONE);
    report(FIRST);
    assertThat(mirror.protectedBy()).isEqualTo(FIRST);
    assertThat(effects.verdicts()).containsExactly(new Verdict.Protected("count", "b", FIRST));
  }

  @Test
  @Tag("FO-40")
  void copyOfAnotherReignProtectsNothing() {
    report(new GenerationId(new Epoch(4, "a"), 9));
    report(new GenerationId(new Epoch(6, "b"), 9));
    assertThat(mirror.protectedBy()).isEqualTo(GenerationId.NONE);
    assertThat(effects.verdicts()).isEmpty();
    report(new GenerationId(RAISED, 1));
    assertThat(mirror.protectedBy()).isEqualTo(new GenerationId(RAISED, 1));
  }

  @Test
  @Tag("FO-31")
  @Tag("FO-40")
  void lostCopyProtectsNoMore() {
    report(FIRST);
    report(GenerationId.NONE);
    assertThat(mirror.protectedBy()).isEqualTo(GenerationId.NONE);
    assertThat(effects.verdicts()).hasExactlyElementsOfTypes(Verdict.Unprotected.class);
  }

  @Test
  @Tag("FO-40")
  void standbyThatIsSilentForFourWindowsProtectsNoMore() {
    report(FIRST);
    long heard = now;
    now = heard + 4 * TIMING.windowNanos();
    mirror.advance(EPOCH, turn());
    assertThat(mirror.protectedBy()).isEqualTo(FIRST);
    now++;
    mirror.advance(EPOCH, turn());
    assertThat(mirror.protectedBy()).isEqualTo(GenerationId.NONE);
    assertThat(mirror.standby()).isEmpty();
    assertThat(effects.commands()).endsWith(new Command.Abandon("count", FIRST));
  }
}
