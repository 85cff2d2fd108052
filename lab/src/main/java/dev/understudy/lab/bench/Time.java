// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.agent.linux.Clock;

/** The clock by which trials wait: the host's, or a script's. */
public interface Time {
  /** CLOCK_BOOTTIME of the host, in nanoseconds. */
  long bootNanos();

  /** Lets that much time pass. */
  void pause(long nanos) throws InterruptedException;

  /** The machine's own time. */
  Time HOST =
      new Time() {
        @Override
        public long bootNanos() {
          return Clock.bootNanos();
        }

        @Override
        public void pause(long nanos) throws InterruptedException {
          Thread.sleep(java.time.Duration.ofNanos(nanos));
        }
      };
}
