// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Root;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Renewals happen with every beat: they allocate nothing. */
class GateCostTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int ROUNDS = 1_000;

  @TempDir Path folder;

  /** For a compiler that has to share a busy machine. */
  private static final long PATIENCE = 30 * SECOND;

  @ParameterizedTest
  @EnumSource
  void renewalsAndAnnouncementsAllocateNothing(Gates kind) throws IOException {
    Root.assumed();
    var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Link link = Link.create(folder);
        OutputGate gate = kind.attach(link);
        GratuitousArp arp =
            Namespaces.callIn(link.host(), () -> GratuitousArp.open(Link.HOST_DEVICE, Link.HOST))) {
      long allocated = Long.MAX_VALUE;
      long renewalNanos = 0;
      // The compiler decides when allocations vanish, so a quiet batch must come, not be the first.
      for (long end = Clock.bootNanos() + PATIENCE; allocated > 0 && Clock.bootNanos() < end; ) {
        long before = bean.getCurrentThreadAllocatedBytes();
        long from = Clock.bootNanos();
        for (int round = 0; round < ROUNDS; round++) {
          gate.openUntil(Clock.bootNanos() + SECOND);
        }
        renewalNanos = (Clock.bootNanos() - from) / ROUNDS;
        for (int round = 0; round < 10; round++) {
          arp.announce();
        }
        allocated = bean.getCurrentThreadAllocatedBytes() - before;
      }
      System.out.println(gate + ": a renewal takes " + renewalNanos + " ns");
      assertThat(allocated).isZero();
    }
  }
}
