// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import dev.understudy.api.cluster.Units;
import dev.understudy.core.timing.Timing;
import dev.understudy.operator.resource.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * How one Deployment is to be protected.
 *
 * @param ladder the strategies to follow, best first; one that cannot act gives way to the next
 * @param intervalNanos from the start of one checkpoint to the start of the next; meant for the
 *     strategies that take checkpoints
 * @param timing the times of the failover protocol
 * @param fttiNanos how long a fault may last before it is dangerous, where the user declares it
 * @param address the IPv4 address that follows the active Pod, where it is not that of a Service
 * @param state how the program's state is read, where it offers it
 */
public record Protection(
    List<Strategy> ladder,
    long intervalNanos,
    Timing timing,
    OptionalLong fttiNanos,
    Optional<String> address,
    Optional<StatePull> state) {

  /** The interval that a policy without one means. */
  public static final long USUAL_INTERVAL_NANOS = 1_000_000_000L;

  static final long INTERVAL_LEAST_NANOS = 50_000_000L;
  static final long INTERVAL_MOST_NANOS = 3_600_000_000_000L;

  public Protection {
    ladder = List.copyOf(ladder);
    if (ladder.isEmpty()) {
      throw new IllegalArgumentException("a ladder without a rung, timing " + timing);
    }
  }

  /**
   * The strategy and what it gives way to: mirror to checkpoint, either of them to the state that
   * is read over HTTP if there is one, everything at last to a plain start.
   */
  static List<Strategy> ladder(Strategy first, boolean readsState) {
    List<Strategy> rungs = new ArrayList<>(List.of(first));
    if (first == Strategy.MIRROR) {
      rungs.add(Strategy.CHECKPOINT);
    }
    if (first.takesCheckpoints() && readsState) {
      rungs.add(Strategy.STATE);
    }
    if (first != Strategy.RESTART) {
      rungs.add(Strategy.RESTART);
    }
    return rungs;
  }

  /** One line for people. */
  public String sentence() {
    List<String> parts = new ArrayList<>();
    parts.add(ladder.stream().map(Strategy::text).collect(Collectors.joining(", then ")));
    if (ladder.stream().anyMatch(Strategy::takesCheckpoints)) {
      parts.add("a checkpoint each " + Units.nanosText(intervalNanos));
    }
    state.ifPresent(s ->
        parts.add(
            "state of port %d%s each %s, put back %s"
                .formatted(
                    s.port(),
                    s.path(),
                    Units.nanosText(s.intervalNanos()),
                    s.elsewhere() ? "on any node" : "in place")));
    parts.add("times " + timing.profile());
    fttiNanos.ifPresent(ftti -> parts.add("FTTI " + Units.nanosText(ftti)));
    address.ifPresent(a -> parts.add("address " + a));
    return String.join("; ", parts);
  }
}
