// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.simulator.Gate;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.ProtocolNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Worlds with a wrong part outside of the protocol. */
final class FaultyModels {
  static final String RELATIVE_GATE = "relative-gate-deadline";

  private FaultyModels() {}

  /** The world for that canary: the real one, unless it is about a part of the machine. */
  static Model of(String canary) {
    return canary.equals(RELATIVE_GATE) ? relativeGate() : Model.REAL;
  }

  /** The agent tells the kernel for how long, not until when; and it may stand still in between. */
  private static Model relativeGate() {
    // Deadlines of several machines hardly ever coincide; then the fault is a little smaller.
    Map<Long, Long> lengths = new HashMap<>();
    return new Model(
        (self, timing, groups, durable, startedAt, takeovers, random) -> {
          ProtocolNode real =
              ProtocolNode.real(self, timing, groups, durable, startedAt, takeovers, random);
          return new ProtocolNode() {
            @Override
            public Outcome step(Input input) {
              Outcome outcome = real.step(input);
              for (Command command : outcome.thenRun()) {
                if (command instanceof Command.OpenGate(_, _, var until)) {
                  lengths.put(until, until - input.now());
                }
              }
              return outcome;
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
        },
        () -> new RelativeGate(lengths));
  }

  private static final class RelativeGate implements Gate {
    private final Map<Long, Long> lengths;
    private final Gate kernel = new Gate.Absolute();

    RelativeGate(Map<Long, Long> lengths) {
      this.lengths = lengths;
    }

    @Override
    public void openUntil(long untilNanos, long now) {
      kernel.openUntil(now + lengths.getOrDefault(untilNanos, 0L), now);
    }

    @Override
    public void shut(long now) {
      kernel.shut(now);
    }

    @Override
    public boolean open(long now) {
      return kernel.open(now);
    }

    @Override
    public long untilNanos() {
      return kernel.untilNanos();
    }
  }
}
