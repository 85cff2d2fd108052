// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.Hold;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.linux.LinuxException;
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

  /** Stops it; on the thread of the copies. */
  void freeze(Copy copy) {
    try {
      if (copy.tree().freeze()) {
        return;
      }
    } catch (LinuxException e) {
      throw new IllegalStateException("own processes cannot be stopped: " + e.getMessage(), e);
    }
    // Its signal waits for it and its gate is shut, so nobody hears what it still does.
    reports.complain("process " + copy.rootPid() + " was told to stop and does not: blocked?");
  }

  /** Removes the files of one whose process numbers may be others' by now. */
  void removeFiles(Copy copy) {
    try {
      sandbox.discardFiles(copy.files());
    } catch (IOException e) {
      reports.complain("what a program left that has ended stays: " + e.getMessage());
    }
  }

  /** A checkpoint that ended with the former agent may have left it stopped. */
  void thawAdopted(Copy copy) {
    try {
      copy.tree().thaw();
    } catch (LinuxException e) {
      reports.complain("the adopted program cannot be thawed: " + e.getMessage());
    }
  }
}
