// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A reign of node a over a, b and c, from its win to its release. */
class ReignRulesTest {
  private static final long MILLI = 1_000_000L;
  private static final long LEASE = Prompter.TIMING.leaseNanos();
  private static final long PROMISE = Prompter.TIMING.promiseNanos();
  private static final long BEAT = Prompter.TIMING.beatNanos();
  private static final long GATE = LEASE - Prompter.TIMING.gateMarginNanos();
  private static final String WORKLOAD = VirtualCluster.WORKLOAD;

  private static Command.OpenGate lastOpening(Prompter a) {
    return a.commands.stream()
        .filter(Command.OpenGate.class::isInstance)
        .map(Command.OpenGate.class::cast)
        .reduce((_, newer) -> newer)
        .orElseThrow();
  }

  private static void kernelShuts(Prompter a) {
    a.step(new Input.GateShut(a.now(), WORKLOAD));
  }

  private static Outcome fails(Prompter a, Epoch epoch) {
    return a.step(new Input.Failed(a.now(), WORKLOAD, epoch, "exit status 1"));
  }

  @Test
  @Tag("FO-34")
  void winAndNewerEchoesSetTheDeadlineFromTheirSending() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.candidature("b");
    long requested = a.lastTo("b").sentAt();
    a.pass(BEAT / 2);
    a.says("b", Words.passive().echoes(epoch, requested));
    assertThat(lastOpening(a)).isEqualTo(new Command.OpenGate(WORKLOAD, epoch, requested + GATE));
    a.pass(BEAT);
    long beaten = a.lastTo("b").sentAt();
    a.pass(BEAT / 4);
    a.says("c", Words.passive().echoes(epoch, beaten));
    assertThat(beaten).isGreaterThan(requested);
    assertThat(lastOpening(a).untilNanos()).isEqualTo(beaten + GATE);
  }

  @Test
  @Tag("FO-34")
  void nothingButAMajorityOfNewerEchoesMovesTheDeadline() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    Epoch epoch = a.reign("b", "c");
    a.pass(BEAT);
    long openings = a.count(Command.OpenGate.class);
    long beaten = a.lastTo("b").sentAt();
    a.says("b", Words.passive().echoes(epoch, beaten));
    a.says("d", Words.passive().echoes(epoch, beaten - BEAT));
    a.step(new Input.Running(a.now(), WORKLOAD, epoch));
    a.says("d", Words.passive());
    assertThat(a.count(Command.OpenGate.class)).isEqualTo(openings);
    a.says("c", Words.passive().echoes(epoch, beaten));
    assertThat(a.count(Command.OpenGate.class)).isEqualTo(openings + 1);
  }

  @Test
  @Tag("FO-35")
  void reignEndsAtItsDeadline() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.pass(lastOpening(a).untilNanos() - a.now() - 1);
    assertThat(a.state()).isEqualTo("active");
    a.pass(1);
    assertThat(a.state()).isEqualTo("closing");
    assertThat(a.commands).contains(new Command.ShutGate(WORKLOAD, epoch));
    assertThat(a.verdicts).contains(new Verdict.Lapsed(WORKLOAD, epoch, 0));
  }

  /** The echo would carry the lease much further, had it been handled a nanosecond earlier. */
  @Test
  @Tag("FO-35")
  void echoThatIsHandledAfterTheDeadlineOpensNothing() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.pass(4 * BEAT);
    long openings = a.count(Command.OpenGate.class);
    long beaten = a.lastTo("b").sentAt();
    a.standStill(lastOpening(a).untilNanos() - a.now());
    a.says("b", Words.passive().echoes(epoch, beaten));
    a.says("c", Words.passive().echoes(epoch, beaten));
    assertThat(beaten + GATE).isGreaterThan(a.now());
    assertThat(a.state()).isEqualTo("closing");
    assertThat(a.count(Command.OpenGate.class)).isEqualTo(openings);
  }

  @Test
  @Tag("FO-12")
  void nothingIsReleasedOrGrantedBeforeTheKernelHasShutTheGate() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.says("c", Words.requesting(new Epoch(9, "c")));
    fails(a, epoch);
    a.sent.clear();
    a.beats("b", Words.passive());
    a.pass(PROMISE + 10 * MILLI);
    a.beats("c", Words.requesting(new Epoch(9, "c")));
    assertThat(a.sent)
        .isNotEmpty()
        .allMatch(d -> d.rows().getFirst().stand() == Row.Stand.CLOSING)
        .allMatch(d -> d.rows().getFirst().released().equals(Epoch.NONE));
    kernelShuts(a);
    assertThat(a.rowTo("b").released()).isEqualTo(epoch);
    assertThat(a.rowTo("c").released()).isEqualTo(epoch);
  }

  /** Its own promise to itself lapses meanwhile. */
  @Test
  @Tag("FO-12")
  void heldRequestWaitsForTheKernelToo() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    fails(a, epoch);
    a.pass(PROMISE - MILLI);
    a.says("c", Words.requesting(new Epoch(9, "c")));
    a.pass(2 * MILLI);
    a.beats("c", Words.passive());
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(Epoch.NONE);
  }

  @Test
  @Tag("FO-11")
  void everyLaterRowRepeatsTheRelease() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    fails(a, epoch);
    kernelShuts(a);
    a.sent.clear();
    for (int i = 0; i < 3; i++) {
      a.pass(100 * MILLI);
      a.beats("b", Words.passive());
    }
    assertThat(a.sent)
        .hasSizeGreaterThan(5)
        .allMatch(d -> d.rows().getFirst().released().equals(epoch));
  }

  @Test
  @Tag("FO-13")
  void lapsedActiveServesAgainOnlyByAnElectionWithANewEpoch() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.pass(4 * BEAT);
    long beaten = a.lastTo("b").sentAt();
    a.pass(LEASE);
    kernelShuts(a);
    long openings = a.count(Command.OpenGate.class);
    a.says("b", Words.passive().echoes(epoch, beaten));
    a.says("c", Words.passive().echoes(epoch, beaten));
    assertThat(a.state()).isNotEqualTo("active");
    assertThat(a.count(Command.OpenGate.class)).isEqualTo(openings);
    Epoch next = a.reign("b");
    assertThat(next.above(epoch)).isTrue();
    assertThat(lastOpening(a).epoch()).isEqualTo(next);
  }

  @Test
  @Tag("FO-14")
  void releaseCarriesTheVoteForTheRequestThatIsHeldAndNoOther() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    Epoch epoch = a.reign("b", "d");
    Epoch wanted = new Epoch(9, "c");
    a.says("c", Words.requesting(wanted));
    long requested = a.lastHeardFrom("c").sentAt();
    fails(a, epoch);
    kernelShuts(a);
    assertThat(a.rowTo("c").released()).isEqualTo(epoch);
    assertThat(a.rowTo("c").echoEpoch()).isEqualTo(wanted);
    assertThat(a.rowTo("c").echoSentAt()).isEqualTo(requested);
    assertThat(a.rowTo("b").released()).isEqualTo(epoch);
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
    a.beats("b", Words.requesting(new Epoch(10, "b")));
    assertThat(a.rowTo("b").echoEpoch()).isEqualTo(Epoch.NONE);
  }

  @Test
  @Tag("FO-19")
  void reignIsRaisedAboveWhatAVoterRefused() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.reign("b");
    a.says("c", Words.passive().highest(new Epoch(700, "~")));
    a.pass(BEAT);
    assertThat(a.rowTo("b").stand()).isEqualTo(Row.Stand.ACTIVE);
    assertThat(a.rowTo("b").epoch()).isEqualTo(new Epoch(701, "a"));
    a.echoes("b", "c");
    a.pass(LEASE - BEAT);
    assertThat(a.state()).isEqualTo("active");
    assertThat(a.count(Command.ShutGate.class)).isZero();
    assertThat(a.verdicts).hasAtLeastOneElementOfType(Verdict.Raised.class);
  }

  /** Two candidates took the same counter; c granted the one that lost, whose name is higher. */
  @Test
  @Tag("FO-19")
  void reignIsRaisedAboveAHigherNameWithTheSameCounter() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.says("c", Words.passive().highest(new Epoch(epoch.counter(), "c")));
    a.pass(BEAT);
    assertThat(a.rowTo("c").epoch()).isEqualTo(new Epoch(epoch.counter() + 1, "a"));
  }

  @Test
  @Tag("FO-19")
  void reignIsNotRaisedAboveTheCeilingOfWhoCarriesItsLease() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    a.ceilings.put("c", 2_000L);
    a.says("c", Words.passive().highest(new Epoch(1_000, "~")));
    a.step(new Input.Persisted(a.now(), a.persisted.getLast()));
    a.pass(BEAT);
    assertThat(a.rowTo("b").epoch()).isEqualTo(epoch);
    a.ceilings.put("b", 2_000L);
    a.echoes("b");
    a.pass(BEAT);
    assertThat(a.rowTo("b").epoch()).isEqualTo(new Epoch(1_001, "a"));
  }

  /** Its own voter is bound to b, so its own echo carries no lease that would hold it back. */
  @Test
  @Tag("FO-16")
  void reignIsNotRaisedAboveTheOwnCeiling() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    a.says("b", Words.reigning(new Epoch(2, "b")));
    a.candidature("c", "d");
    a.echoes("c", "d", "e");
    assertThat(a.state()).isEqualTo("active");
    Epoch epoch = a.rowTo("c").epoch();
    for (String peer : List.of("c", "d", "e")) {
      a.ceilings.put(peer, 5_000L);
    }
    a.says("c", Words.passive().highest(new Epoch(1_000, "~")));
    a.echoes("c", "d", "e");
    a.pass(BEAT);
    assertThat(a.rowTo("c").epoch()).isEqualTo(epoch);
  }

  @Test
  @Tag("FO-20")
  void raisedEpochIsNoTokenBeforeAMajorityHasEchoedIt() {
    Prompter a = Prompter.ready(false, "b", "c", "d", "e");
    Epoch epoch = a.reign("b", "d");
    a.pass(BEAT);
    long beaten = a.lastTo("b").sentAt();
    a.says("c", Words.passive().highest(new Epoch(700, "~")));
    a.pass(BEAT);
    Epoch raised = a.rowTo("b").epoch();
    assertThat(raised).isEqualTo(new Epoch(701, "a"));
    a.echoes("c");
    assertThat(a.view().epoch()).isEqualTo(epoch);
    assertThat(lastOpening(a).epoch()).isEqualTo(epoch);
    assertThat(beaten).isLessThan(a.now());
    a.echoes("b", "d");
    assertThat(a.view().epoch()).isEqualTo(raised);
    assertThat(lastOpening(a).epoch()).isEqualTo(raised);
  }

  @Test
  @Tag("FO-37")
  void winOpensThenStartsOrWakesThenAnnounces() {
    Prompter cold = Prompter.ready(true, "b", "c");
    cold.reign("b");
    assertThat(cold.commands)
        .hasExactlyElementsOfTypes(
            Command.OpenGate.class, Command.Start.class, Command.Announce.class);

    Prompter warm = Prompter.ready(true, "b", "c");
    GenerationId held = new GenerationId(new Epoch(5, "b"), 7);
    warm.step(new Input.CopyHeld(warm.now(), WORKLOAD, held));
    Epoch epoch = warm.reign("b");
    assertThat(warm.commands)
        .hasExactlyElementsOfTypes(
            Command.OpenGate.class, Command.Wake.class, Command.Announce.class)
        .contains(new Command.Wake(WORKLOAD, epoch, held));
  }

  @Test
  @Tag("FO-37")
  void endShutsThenFreezes() {
    Prompter a = Prompter.ready(true, "b", "c");
    Epoch epoch = a.reign("b");
    a.step(new Input.Running(a.now(), WORKLOAD, epoch));
    a.commands.clear();
    a.pass(LEASE);
    assertThat(a.commands)
        .containsExactly(new Command.ShutGate(WORKLOAD, epoch), new Command.Freeze(WORKLOAD));
  }

  @Test
  @Tag("FO-38")
  void endedProgramEndsTheReignAtOnce() {
    Prompter a = Prompter.ready(false, "b", "c");
    Epoch epoch = a.reign("b");
    fails(a, new Epoch(epoch.counter() + 1, "a"));
    assertThat(a.state()).isEqualTo("active");
    assertThat(fails(a, epoch).thenRun()).contains(new Command.ShutGate(WORKLOAD, epoch));
    assertThat(a.state()).isEqualTo("closing");
  }

  @Test
  @Tag("FO-38")
  void higherReignEndsThisOneAtOnceAndALowerOneDoesNot() {
    Prompter a = Prompter.ready(false, "b", "c");
    a.says("c", Words.passive().highest(new Epoch(9, "c")));
    Epoch epoch = a.reign("b");
    a.says("b", Words.reigning(new Epoch(8, "b")));
    assertThat(a.state()).isEqualTo("active");
    a.says("b", Words.reigning(new Epoch(11, "b")));
    assertThat(a.state()).isEqualTo("closing");
    assertThat(a.commands).contains(new Command.ShutGate(WORKLOAD, epoch));
  }

  /** Node a ran in an earlier reign, which lapsed. */
  private static Prompter frozen() {
    Prompter a = Prompter.ready(true, "b", "c");
    Epoch epoch = a.reign("b");
    a.step(new Input.Running(a.now(), WORKLOAD, epoch));
    a.pass(LEASE);
    kernelShuts(a);
    assertThat(a.rowTo("b").held()).isEqualTo(new GenerationId(epoch, GenerationId.LIVE));
    a.commands.clear();
    return a;
  }

  @Test
  @Tag("FO-39")
  void frozenProcessThawsWithTheNextEpochOfItsNode() {
    Prompter a = frozen();
    GenerationId live = a.view().best();
    Epoch next = a.reign("b");
    assertThat(a.commands).contains(new Command.Wake(WORKLOAD, next, live));
    assertThat(a.count(Command.Start.class)).isZero();
  }

  @Test
  @Tag("FO-39")
  void frozenProcessIsDiscardedWhenAnotherReigns() {
    Prompter a = frozen();
    a.says("b", Words.reigning(new Epoch(50, "b")));
    assertThat(a.commands).containsExactly(new Command.Discard(WORKLOAD, "b reigns"));
    assertThat(a.view().best()).isEqualTo(GenerationId.NONE);
  }

  @Test
  @Tag("FO-40")
  void generationsAreStampedWithTheTokenOfTheReign() {
    Prompter a = Prompter.ready(true, "b", "c");
    Epoch epoch = a.reign("b");
    a.step(new Input.Running(a.now(), WORKLOAD, epoch));
    for (int beats = 0; beats < 25; beats++) {
      a.pass(BEAT);
      a.echoes("b", "c");
    }
    assertThat(a.commands)
        .contains(new Command.Checkpoint(WORKLOAD, new GenerationId(epoch, 1), "b"));
  }
}
