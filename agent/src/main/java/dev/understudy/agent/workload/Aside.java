// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Capture;
import dev.understudy.agent.checkpoint.CaptureResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps the state of a program that was active while another node was active as well. */
final class Aside {
  private Aside() {}

  /**
   * Captures the stopped program into a generation that nothing uses or deletes. It runs for a
   * moment, behind its shut gate, because only a running program can be captured. Not on the duty
   * cycle.
   *
   * @return where it lies, or why there is nothing
   */
  static String keep(Sandbox sandbox, Copy copy, Epoch reign, HostFacts facts) {
    try {
      copy.tree().thaw();
      GenerationId id = new GenerationId(reign, GenerationId.LIVE);
      return switch (Capture.capture(sandbox, copy, id, facts)) {
        case CaptureResult.Captured(var generation, _, _, _) -> {
          Path folder = sandbox.places().aside(sandbox.spec().workload());
          Files.createDirectories(folder);
          Path kept = folder.resolve(generation.directory().getFileName());
          Files.move(generation.directory(), kept);
          yield kept.toString();
        }
        case CaptureResult.CheckpointFailed(var reason) -> "nothing was kept: " + reason;
      };
    } catch (IOException e) {
      return "nothing was kept: " + e.getMessage();
    }
  }
}
