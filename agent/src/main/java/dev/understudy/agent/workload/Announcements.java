// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.LinuxException;
import java.util.Optional;

/**
 * Tells the network where a virtual address is now, more than once, since frames get lost. The
 * address of a Service has no such place: agents steer it.
 */
final class Announcements {
  private static final long[] AGAIN_NANOS = {20_000_000L, 100_000_000L, 1_000_000_000L};

  private final Optional<GratuitousArp> arp;
  private int repeated = AGAIN_NANOS.length;
  private long begunAt;

  Announcements(Optional<GratuitousArp> arp) {
    this.arp = arp;
  }

  void begin() {
    once();
    begunAt = Clock.bootNanos();
    repeated = 0;
  }

  /** Repeats what is due; returns when the next one is. */
  long due(long now) {
    while (repeated < AGAIN_NANOS.length) {
      long next = begunAt + AGAIN_NANOS[repeated];
      if (now < next) {
        return next;
      }
      repeated++;
      once();
    }
    return Long.MAX_VALUE;
  }

  /** Behind a shut gate the frame goes nowhere, as it should. */
  void once() {
    try {
      if (arp.isPresent()) {
        arp.get().announce();
      }
    } catch (LinuxException e) {
      throw new IllegalStateException("the sandbox has lost its link: " + e.getMessage(), e);
    }
  }

  void close() {
    arp.ifPresent(GratuitousArp::close);
  }
}
