// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Failures;
import dev.understudy.agent.runtime.Trees;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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

  /** Takes away what a capture that failed has left, if it had begun; says so if that stays. */
  static CheckpointFailed failed(@Nullable Path partial, String why) {
    try {
      if (partial != null) {
        Trees.delete(partial);
      }
      return new CheckpointFailed(why);
    } catch (IOException e) {
      return new CheckpointFailed(why + "; its remains stay: " + Failures.text(e));
    }
  }
}
