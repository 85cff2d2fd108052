// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.linux.Scheduling;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The two threads of one workload that do its slow work: one starts and ends copies, one takes
 * checkpoints. What is given to one of them is done in order.
 */
final class Workers {
  private static final int END_SECONDS = 3;
  private static final int SETTLE_SECONDS = 2;

  private final String workload;
  private final ExecutorService lifecycle;
  private final ExecutorService checkpoints;

  Workers(String workload) {
    this.workload = workload;
    this.lifecycle = Executors.newSingleThreadExecutor(work -> thread("copies-", work));
    this.checkpoints = Executors.newSingleThreadExecutor(work -> thread("mirror-", work));
  }

  /** The agent's own threads are preferred; programs that these two start must not inherit that. */
  private Thread thread(String prefix, Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .name(prefix + workload)
        .unstarted(() -> {
          var _ = Scheduling.niceThisThread(0);
          work.run();
        });
  }

  /** Starting or ending a copy. */
  void copies(Runnable work) {
    lifecycle.execute(work);
  }

  /** Taking and shipping a checkpoint. */
  void checkpoint(Runnable work) {
    checkpoints.execute(work);
  }

  /** Waits for what is under way, for a moment; then interrupts it. */
  void settle() {
    checkpoints.shutdown();
    lifecycle.shutdown();
    try {
      boolean _ = checkpoints.awaitTermination(SETTLE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  /** Interrupts both, which kills what they were starting, and waits until they are idle. */
  void close() {
    checkpoints.shutdownNow();
    lifecycle.shutdownNow();
    try {
      boolean idle = checkpoints.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      idle &= lifecycle.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      if (!idle) {
        System.err.println("work for " + workload + " goes on while its sandbox is removed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
