// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;

/** Takes a lab away that has come up when its command is told to end before it has said so. */
final class HandOver implements AutoCloseable {
  private final Thread hook;

  private HandOver(Thread hook) {
    this.hook = hook;
  }

  /** From here on the lab is this command's, until {@link #done}. */
  static HandOver begin(String lab, Terminal terminal) {
    Thread hook = new Thread(() -> takeAway(lab, terminal), "take-away");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException ending) {
      hook.start();
    }
    return new HandOver(hook);
  }

  private static void takeAway(String lab, Terminal terminal) {
    terminal.progress("taking lab " + lab + " away");
    try {
      boolean _ = Lab.down(LabChoice.root(), lab);
    } catch (LabException e) {
      terminal.progress(e.getMessage() + " Run \"understudy lab down --lab " + lab + "\".");
    }
  }

  /** From here on it stays, whatever becomes of this command. */
  void done() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs already.
    }
  }

  /** The same: a command that failed has said so. */
  @Override
  public void close() {
    done();
  }
}
