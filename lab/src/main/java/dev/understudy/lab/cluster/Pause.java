// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

/** A short wait between two looks at something that cannot be waited for. */
public final class Pause {
  private Pause() {}

  /** Waits. */
  public static void millis(long millis) throws LabException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted while waiting.", e);
    }
  }
}
