// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** An output gate as a machine's kernel has it; it outlives the agent. Times are the machine's. */
public interface Gate {
  /** Lets frames pass until then. */
  void openUntil(long untilNanos, long now);

  /** Lets nothing pass any more. */
  void shut(long now);

  /** Whether a frame would pass. */
  boolean open(long now);

  /** Its deadline, as the kernel tells it; {@link Long#MIN_VALUE} when there is none. */
  long untilNanos();

  /** The real one: an absolute deadline that the kernel watches. */
  final class Absolute implements Gate {
    private long deadline = Long.MIN_VALUE;

    @Override
    public void openUntil(long untilNanos, long now) {
      deadline = untilNanos;
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
}
