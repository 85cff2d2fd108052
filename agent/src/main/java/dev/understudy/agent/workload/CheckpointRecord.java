// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.CaptureFigures;
import dev.understudy.agent.checkpoint.CaptureResult;
import dev.understudy.agent.checkpoint.ShipResult;
import dev.understudy.agent.linux.Clock;
import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.Sentences;
import dev.understudy.core.protocol.GenerationId;
import org.jspecify.annotations.Nullable;

/** Gathers what one checkpoint took, stage by stage; known to the thread of the checkpoints. */
final class CheckpointRecord {
  private final Reports reports;
  private final GenerationId id;
  private final String standby;
  private final long began = Clock.bootNanos();
  private CaptureResult.@Nullable Captured captured;
  private ShipResult.@Nullable Shipped shipped;
  private long shipBeginMillis = -1;
  private long shipBegan;
  private long shipNanos = -1;

  CheckpointRecord(Reports reports, GenerationId id, String standby) {
    this.reports = reports;
    this.id = id;
    this.standby = standby;
  }

  void captured(CaptureResult.Captured result) {
    captured = result;
    shipBeginMillis = System.currentTimeMillis();
    shipBegan = Clock.bootNanos();
  }

  void shipped(ShipResult.Shipped result) {
    shipped = result;
    shipNanos = Clock.bootNanos() - shipBegan;
  }

  /**
   * Hands everything to the records.
   *
   * @param failure empty when the standby holds the copy
   */
  void keep(String failure) {
    CaptureResult.Captured whole = captured;
    CaptureFigures parts =
        whole == null ? new CaptureFigures(-1, -1, -1, CriuDump.UNKNOWN) : whole.figures();
    ShipResult.Shipped sent = shipped;
    reports.keep(
        began,
        new Figures.Checkpoint(
            id.toString(),
            standby,
            Sentences.bounded(failure),
            reports.workload(),
            reports.workload(),
            parts.runningNanos(),
            parts.composeBeginMillis(),
            parts.composeNanos(),
            shipBeginMillis,
            shipNanos,
            whole == null ? -1 : whole.pauseNanos(),
            whole == null ? -1 : whole.generation().manifest().bytes(),
            sent == null ? -1 : sent.sentBytes(),
            sent == null ? -1 : sent.reusedBytes(),
            parts.criu()));
  }
}
