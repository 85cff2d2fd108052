// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Sandbox;
import java.io.IOException;
import java.nio.file.Files;

/** Ends copies that are of no use any more, with their files. */
final class CopyRemover {
  private final Sandbox sandbox;
  private final Workers workers;
  private final Reports reports;

  CopyRemover(Sandbox sandbox, Workers workers, Reports reports) {
    this.sandbox = sandbox;
    this.workers = workers;
    this.reports = reports;
  }

  /** On the thread that starts and ends copies, after what it was given before. */
  void removeLater(Copy copy) {
    workers.copies(() -> remove(copy));
  }

  /** On the calling thread. */
  void remove(Copy copy) {
    try {
      if (Files.exists(copy.files().directory())) {
        sandbox.discard(copy);
      }
    } catch (IOException e) {
      reports.complain("a copy could not be removed: " + e.getMessage());
    }
  }
}
