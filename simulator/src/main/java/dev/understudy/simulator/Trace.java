// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** Where a run's story goes, when somebody wants to read it. */
public interface Trace {
  /** Nobody reads; nothing is put into words. */
  Trace NONE =
      new Trace() {
        @Override
        public boolean reads() {
          return false;
        }

        @Override
        public void line(long atNanos, String who, String text) {}
      };

  /** Whether somebody reads. */
  default boolean reads() {
    return true;
  }

  /**
   * One thing that happened.
   *
   * @param atNanos true time since the run began
   * @param who the node; {@code world} for faults, {@code client} for the client
   * @param text one sentence
   */
  void line(long atNanos, String who, String text);
}
