// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.DurableState;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine's disk and the agent's thread that writes to it: one write at a time, only the newest
 * state, again after a failure. At a power loss a write under way has reached the disk or not.
 */
final class VirtualDisk {
  /** How long after a failure it is tried again. */
  static final long RETRY_NANOS = 1_000_000_000L;

  private static final long FIRST_OF_DAY = 1_000_000_000_000L;

  private final VirtualNode node;
  private DurableState state = DurableState.NEW;
  private @Nullable DurableState writing;
  private @Nullable DurableState next;
  private @Nullable Consumer<DurableState> then;
  private int failing;
  private long slowNanos;

  /** How far the machine's time of day was set away from the true one. */
  private long timeOfDayNanos;

  VirtualDisk(VirtualNode node) {
    this.node = node;
  }

  DurableState state() {
    return state;
  }

  /**
   * Somebody puts an empty one in, and says so.
   *
   * @param silenceNanos the longest promise that a former life may have made; a real node takes the
   *     longest that there is, which is longer than most runs
   */
  void lose(long silenceNanos) {
    // The time of day: above all that it has had, unless that was set back.
    long incarnation = FIRST_OF_DAY + (node.world().now() + timeOfDayNanos) / 1_000;
    long before = DurableState.lost(incarnation).incarnation();
    state = new DurableState(before, 0, silenceNanos, incarnation, new TreeMap<>());
  }

  /** Somebody sets the time of day, by so much. */
  void setTimeOfDay(long byNanos) {
    timeOfDayNanos += byNanos;
  }

  void fail(int by) {
    failing += by;
  }

  boolean isFailing() {
    return failing > 0;
  }

  /** From now on a write takes at least that long. */
  void slow(long nanos) {
    slowNanos = nanos;
  }

  /** The agent that waited is gone; what it had ordered may have got there. */
  void forget(boolean reached) {
    if (writing != null && reached && failing == 0) {
      state = writing;
    }
    writing = null;
    next = null;
    then = null;
  }

  /** Writes, and says so. A state that waits is replaced: ceilings only rise. */
  void save(DurableState wanted, Consumer<DurableState> saved) {
    next = wanted;
    then = saved;
    if (writing == null) {
      write();
    }
  }

  private void write() {
    writing = next;
    next = null;
    long nanos = Math.max(slowNanos, node.about(node.world().setup().pace().diskNanos()));
    node.later(nanos, this::written);
  }

  private void written() {
    DurableState done = writing;
    Consumer<DurableState> reader = then;
    if (done == null || reader == null) {
      throw new IllegalStateException("broken: a write ended that nobody began");
    }
    if (failing > 0) {
      next = next == null ? done : next;
      // Counts as under way, so that the next one waits with it.
      node.later(RETRY_NANOS, this::write);
      return;
    }
    state = done;
    writing = null;
    reader.accept(done);
    if (next != null) {
      write();
    }
  }
}
