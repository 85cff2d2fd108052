// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What is broken on purpose is found within some seeds, and shrunk. */
class PlantedTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long STORM = 15 * SECOND;
  private static final int SEEDS_MOST = 40;

  private static Model protocol(UnaryOperator<Outcome> tamper) {
    return new Model(
        (self, timing, groups, durable, startedAt, takeovers, random) ->
            tampered(
                ProtocolNode.real(self, timing, groups, durable, startedAt, takeovers, random),
                tamper),
        Gate.Absolute::new);
  }

  private static ProtocolNode tampered(ProtocolNode real, UnaryOperator<Outcome> tamper) {
    return new ProtocolNode() {
      @Override
      public Outcome step(Input input) {
        return tamper.apply(real.step(input));
      }

      @Override
      public List<GroupView> views() {
        return real.views();
      }

      @Override
      public boolean mayEnd() {
        return real.mayEnd();
      }
    };
  }

  /** The first seed that breaks a rule, with the rule. */
  private static Violation find(Model model, String... rules) {
    for (long seed = 1; seed <= SEEDS_MOST; seed++) {
      Plan plan = Faults.plan(seed, STORM, Weather.ROUGH);
      Optional<Violation> found = Simulation.run(plan, model, Trace.NONE).violation();
      if (found.isPresent()) {
        assertThat(found.get().rule()).isIn((Object[]) rules);
        assertShrinks(plan, found.get(), model);
        return found.get();
      }
    }
    throw new AssertionError("not found within " + SEEDS_MOST + " seeds");
  }

  private static void assertShrinks(Plan plan, Violation violation, Model model) {
    Shrinker.Shrunk shrunk = Shrinker.shrink(plan, violation, model, 300);
    assertThat(shrunk.plan().faults().size()).isLessThan(plan.faults().size());
    assertThat(shrunk.plan().faults().size()).isLessThanOrEqualTo(12);
    Optional<Violation> again = Simulation.run(shrunk.plan(), model, Trace.NONE).violation();
    assertThat(again).contains(shrunk.violation());
    assertThat(again.orElseThrow().rule()).isEqualTo(violation.rule());
  }

  /** Who is late sets it late, and it opens all the same. */
  @Test
  void relativeGateIsFound() {
    Model relative = new Model(ProtocolNode::real, RelativeGate::new);
    find(relative, "two-outputs");
  }

  private static final class RelativeGate implements Gate {
    private static final long LENGTH_LEAST = 15_000_000L;
    private long deadline = Long.MIN_VALUE;

    @Override
    public void openUntil(long untilNanos, long now) {
      deadline = Math.max(untilNanos, now + LENGTH_LEAST);
    }

    @Override
    public void shut(long now) {
      deadline = Long.MIN_VALUE;
    }

    @Override
    public boolean open(long now) {
      return now < deadline;
    }

    @Override
    public long untilNanos() {
      return deadline;
    }
  }

  @Test
  void gateThatNeverShutsIsFound() {
    Model model =
        new Model(
            ProtocolNode::real,
            () ->
                new Gate() {
                  private boolean open;

                  @Override
                  public void openUntil(long untilNanos, long now) {
                    open = true;
                  }

                  @Override
                  public void shut(long now) {}

                  @Override
                  public boolean open(long now) {
                    return open;
                  }

                  @Override
                  public long untilNanos() {
                    return open ? Long.MAX_VALUE : Long.MIN_VALUE;
                  }
                });
    find(model, "two-outputs");
  }

  @Test
  void leaseThatIsTakenTooLongIsFound() {
    find(
        protocol(outcome -> {
          List<Command> longer =
              outcome.thenRun().stream()
                  .map(c ->
                      c instanceof Command.OpenGate(var w, var e, var until)
                          ? new Command.OpenGate(w, e, until + 15_000_000L)
                          : c)
                  .toList();
          return new Outcome(
              outcome.persistFirst(),
              outcome.thenSend(),
              outcome.thenAnnounce(),
              longer,
              outcome.wakeAtNanos(),
              outcome.verdicts());
        }),
        "lease",
        "two-outputs",
        "reopened");
  }

  /** Its disk is always that of a node that never ran: so it forgets what it granted. */
  @Test
  void forgottenCeilingIsFound() {
    ProtocolNode.Factory forgets =
        (String self,
            Timing timing,
            List<GroupConfig> groups,
            DurableState durable,
            long startedAt,
            int takeoversAtOnce,
            RandomGenerator random) ->
            ProtocolNode.real(
                self,
                timing,
                groups,
                new DurableState(durable.incarnation(), 1_000, durable.longestPromiseNanos()),
                startedAt,
                takeoversAtOnce,
                random);
    find(
        new Model(forgets, Gate.Absolute::new),
        "grant-rises",
        "grant-unique",
        "epoch-unique",
        "epoch-regresses",
        "promise",
        "core");
  }

  /** It stands up right after its start, as if it could not have promised anything before. */
  @Test
  void restartWithoutSilenceIsFound() {
    ProtocolNode.Factory hasty =
        (String self,
            Timing timing,
            List<GroupConfig> groups,
            DurableState durable,
            long startedAt,
            int takeoversAtOnce,
            RandomGenerator random) ->
            ProtocolNode.real(
                self,
                timing,
                groups,
                new DurableState(durable.incarnation(), durable.ceiling(), 0),
                startedAt,
                takeoversAtOnce,
                random);
    find(new Model(hasty, Gate.Absolute::new), "promise", "two-outputs");
  }

  @Test
  void echoOfEverybodyIsFound() {
    find(
        protocol(outcome -> {
          List<Datagram> send = outcome.thenSend().stream().map(PlantedTest::echoing).toList();
          return new Outcome(
              outcome.persistFirst(),
              send,
              outcome.thenAnnounce(),
              outcome.thenRun(),
              outcome.wakeAtNanos(),
              outcome.verdicts());
        }),
        "promise",
        "grant-rises",
        "grant-unique");
  }

  /** Every row echoes something that was never heard. */
  private static Datagram echoing(Datagram d) {
    List<Row> rows =
        d.rows().stream()
            .map(r ->
                r.echoEpoch().counter() == 0
                    ? r
                    : new Row(
                        r.workload(),
                        r.stand(),
                        r.epoch(),
                        r.highest(),
                        r.released(),
                        r.held(),
                        r.standby(),
                        r.echoEpoch(),
                        r.echoSentAt() + 1,
                        r.echoNanos(),
                        r.yesTo(),
                        r.askNanos(),
                        r.reignFrom()))
            .toList();
    return new Datagram(
        d.sender(),
        d.receiver(),
        d.senderIncarnation(),
        d.receiverIncarnation(),
        d.sequence(),
        d.sentAt(),
        d.answer(),
        d.ceiling(),
        rows);
  }
}
