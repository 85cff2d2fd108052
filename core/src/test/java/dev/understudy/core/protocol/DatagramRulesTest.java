// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node answers, to whom it speaks, and what counts of what it hears. */
class DatagramRulesTest {
  private static final Epoch EPOCH = new Epoch(5, "b");

  private static Datagram beat(String sender, long incarnation, long sequence, Words words) {
    return new Datagram(
        sender,
        "a",
        incarnation,
        1,
        sequence,
        4_000 + sequence,
        false,
        1_000,
        List.of(words.row()));
  }

  @Test
  @Tag("FO-7")
  void beatIsEchoedInTheSameStep() {
    Prompter a = Prompter.ready(false, "b", "c");
    List<Datagram> answers = a.says(beat("b", 1, 9, Words.reigning(EPOCH))).thenSend();
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().answer()).isTrue();
    Row row = answers.getFirst().rows().getFirst();
    assertThat(row.echoEpoch()).isEqualTo(EPOCH);
    assertThat(row.echoSentAt()).isEqualTo(4_009);
  }

  @Test
  @Tag("FO-7")
  void requestIsGrantedAndAQuestionAnsweredInTheSameStep() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says(beat("b", 1, 1, Words.asking()));
    assertThat(a.rowTo("b").yesTo()).isEqualTo(4_001);
    a.says(beat("b", 1, 2, Words.requesting(EPOCH)));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(EPOCH);
    assertThat(a.rowTo("b").echoSentAt()).isEqualTo(4_002);
  }

  @Test
  @Tag("FO-7")
  void answerIsNotAnswered() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("b", Words.reigning(EPOCH));
    assertThat(a.says("b", Words.reigning(EPOCH)).thenSend()).isEmpty();
  }

  /** The active has released meanwhile: its overtaken beat must not bind anybody again. */
  @Test
  @Tag("FO-8")
  void overtakenBeatPromisesNothing() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says(beat("b", 1, 1, Words.reigning(EPOCH)));
    a.says(beat("b", 1, 3, Words.passive().releases(EPOCH)));
    a.says(beat("b", 1, 2, Words.reigning(EPOCH)));
    a.says(beat("c", 1, 1, Words.requesting(new Epoch(6, "c"))));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(6, "c"));
  }

  @Test
  @Tag("FO-8")
  void olderIncarnationIsNotHeard() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says(beat("b", 2, 1, Words.passive()));
    assertThat(a.says(beat("b", 1, 9, Words.reigning(EPOCH))).thenSend()).isEmpty();
    assertThat(a.view().active()).isEmpty();
  }

  @Test
  @Tag("FO-8")
  void rowsThatNeitherReignNorRequestBindNobody() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says(beat("b", 1, 1, Words.passive().highest(EPOCH)));
    a.says(beat("b", 1, 2, Words.asking().highest(EPOCH)));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
    a.says(beat("c", 1, 1, Words.requesting(new Epoch(6, "c"))));
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(new Epoch(6, "c"));
  }

  /** The echo overtook, or was overtaken: it counts all the same. */
  @Test
  @Tag("FO-6")
  void overtakenEchoCounts() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.candidature("b");
    Words vote = Words.passive().echoes(epoch, a.lastTo("b").sentAt());
    a.says(beat("b", 1, 9, Words.passive()));
    a.says(beat("b", 1, 8, vote));
    assertThat(a.state()).isEqualTo("active");
  }

  @Test
  @Tag("FO-6")
  void voteForAFormerLifeElectsNobody() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.candidature("b");
    Words vote = Words.passive().echoes(epoch, a.lastTo("b").sentAt());
    a.says("b", vote, 1, 0);
    assertThat(a.state()).isEqualTo("candidate");
    a.says("b", vote, 1, 1);
    assertThat(a.state()).isEqualTo("active");
  }

  @Test
  @Tag("FO-10")
  void whoLeadsBeatsEverybodyOnceInAPeriod() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.reign("b", "c");
    a.sent.clear();
    for (int beats = 0; beats < 4; beats++) {
      a.pass(Prompter.TIMING.beatNanos());
      a.echoes("b", "c");
    }
    assertThat(a.sent).filteredOn(d -> d.receiver().equals("b")).hasSize(4);
    assertThat(a.sent).filteredOn(d -> d.receiver().equals("c")).hasSize(4);
  }

  /** Node a is the lower one of each pair: it speaks when it has heard nothing for a window. */
  @Test
  @Tag("FO-10")
  void lowerOneOfTwoFollowersSpeaksOnceInAWindow() {
    Prompter a = Prompter.ready(false, "b", "c");
    long window = Prompter.TIMING.windowNanos();
    long beat = Prompter.TIMING.beatNanos();
    a.says("b", Words.reigning(EPOCH));
    a.says("c", Words.passive());
    a.sent.clear();
    for (long passed = 0; passed < window; passed += beat) {
      a.pass(beat);
      a.says("b", Words.reigning(EPOCH));
    }
    assertThat(a.sent).filteredOn(d -> d.receiver().equals("c")).isEmpty();
    a.pass(beat);
    a.says("b", Words.reigning(EPOCH));
    assertThat(a.sent).filteredOn(d -> d.receiver().equals("c")).hasSize(1);
  }
}
