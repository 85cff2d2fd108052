// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.Hold;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Sandbox;
import java.io.IOException;
import java.nio.file.Files;

/** Restores copies, and ends those that are of no use any more, with their files. */
final class CopyCare implements HeldSlot.Restorer {
  private final Sandbox sandbox;
  private final Workers workers;
  private final Reports reports;
  private final HostFacts facts;

  CopyCare(Sandbox sandbox, HostFacts facts, Workers workers, Reports reports) {
    this.sandbox = sandbox;
    this.facts = facts;
    this.workers = workers;
    this.reports = reports;
  }

  @Override
  public HoldResult hold(Generation generation, Cancellation cancellation) {
    return Hold.hold(sandbox, generation, facts, cancellation);
  }

  /** On the thread that starts and ends copies, after what it was given before. */
  @Override
  public void removeLater(Copy copy) {
    workers.copies(() -> remove(copy));
  }

  /** On the calling thread. */
  @Override
  public void remove(Copy copy) {
    try {
      if (Files.exists(copy.files().directory())) {
        sandbox.discard(copy);
      }
    } catch (IOException e) {
      reports.complain("a copy could not be removed: " + e.getMessage());
    }
  }
}
