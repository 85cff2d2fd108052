// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

/** How one capture went. In both cases the program goes on, unless it was frozen meanwhile. */
public sealed interface CaptureResult {
  /**
   * A complete generation lies on this node.
   *
   * @param pauseNanos how long the program stood; misses the time CRIU takes to end, below 1 ms
   * @param captureNanos from the beginning until the manifest was written
   * @param figures of its parts, for the records
   */
  record Captured(Generation generation, long pauseNanos, long captureNanos, CaptureFigures figures)
      implements CaptureResult {}

  /**
   * There is no new generation; former ones are untouched.
   *
   * @param reason one sentence, with CRIU's own words where it was CRIU that refused
   */
  record CheckpointFailed(String reason) implements CaptureResult {}
}
