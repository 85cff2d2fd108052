// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.CaptureResult;
import dev.understudy.agent.checkpoint.Capturer;
import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Captures a running workload and ships what it got, on the workload's own thread for that. */
final class Checkpoints {
  private final Sandbox sandbox;
  private final HostFacts facts;
  private final Capturer capturer;
  private final Consumer<Generation> taken;
  private final Shipment shipment;
  private final Workers workers;
  private final Reports reports;
  private volatile double lastPauseMillis = -1;

  /** The duty cycle's: the one that was begun last, and how to end it. */
  private GenerationId begun = GenerationId.NONE;

  private Cancellation end = new Cancellation();

  /** Known to the thread of the checkpoints alone. */
  private @Nullable Generation former;

  /**
   * None was taken yet.
   *
   * @param taken hears of each one that is complete, before it is shipped, on another thread
   */
  Checkpoints(
      Sandbox sandbox,
      HostFacts facts,
      Capturer capturer,
      Consumer<Generation> taken,
      Shipment shipment,
      Workers workers,
      Reports reports) {
    this.sandbox = sandbox;
    this.facts = facts;
    this.capturer = capturer;
    this.taken = taken;
    this.shipment = shipment;
    this.workers = workers;
    this.reports = reports;
  }

  /** Takes one; the protocol hears of its end. On the duty cycle. */
  void take(Copy copy, GenerationId id, String standby) {
    Cancellation cancellation = new Cancellation();
    begun = id;
    end = cancellation;
    workers.checkpoint(() -> captureAndShip(copy, id, standby, cancellation));
  }

  /** Breaks its shipping off, now or when it begins; the protocol hears of it. */
  void abandon(GenerationId id) {
    if (id.equals(begun)) {
      Thread.ofVirtual().name("abandon").start(end::cancel);
    }
  }

  /**
   * Keeps the last state of a program that gives way. On the thread of the copies, so that nothing
   * starts in its place before it is gone; after a checkpoint that may be under way.
   */
  void keepAside(Copy copy, Epoch reign, CopyCare remover) {
    CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
    workers.checkpoint(() -> idle.complete(null));
    workers.copies(() -> {
      idle.join();
      String where = Aside.keep(sandbox, copy, reign, facts);
      reports.record(NodeEvent.KEPT_ASIDE, "epoch", reign.toString(), "where", where);
      remover.remove(copy);
    });
  }

  /** How long the program stood still for the last one, in milliseconds; -1 before the first. */
  double lastPauseMillis() {
    return lastPauseMillis;
  }

  private void captureAndShip(
      Copy copy, GenerationId id, String standby, Cancellation cancellation) {
    long began = System.nanoTime();
    CheckpointRecord figures = new CheckpointRecord(reports, id, standby);
    switch (capturer.capture(copy, id, Optional.ofNullable(former))) {
      case CaptureResult.CheckpointFailed(var reason) -> failed(id, reason, figures);
      case CaptureResult.Captured whole -> {
        Generation generation = whole.generation();
        captured(generation, whole.pauseNanos(), whole.captureNanos());
        taken.accept(generation);
        figures.captured(whole);
        ship(generation, standby, began, cancellation, figures);
        reports.keepOnly(sandbox.places().generations(reports.workload()), id);
        former = generation;
      }
    }
  }

  private void captured(Generation generation, long pauseNanos, long tookNanos) {
    lastPauseMillis = pauseNanos / 1e6;
    reports.record(
        NodeEvent.CAPTURED,
        "generation",
        generation.id().toString(),
        "pause_ms",
        EventDetails.millis(pauseNanos),
        "bytes",
        Long.toString(generation.manifest().bytes()),
        "took_ms",
        EventDetails.millis(tookNanos),
        "began_boot_nanos",
        Long.toString(generation.manifest().capturedAtBootNanos()));
  }

  private void ship(
      Generation generation,
      String standby,
      long began,
      Cancellation cancellation,
      CheckpointRecord figures) {
    GenerationId id = generation.id();
    try {
      figures.shipped(shipment.ship(generation, standby, cancellation));
    } catch (IOException e) {
      failed(id, "shipping to " + standby + " failed: " + e.getMessage(), figures);
      return;
    }
    long whole = System.nanoTime() - began;
    figures.keep("");
    reports.works();
    reports.tell(at -> new Input.CheckpointDone(at, reports.workload(), id, whole));
  }

  private void failed(GenerationId id, String reason, CheckpointRecord figures) {
    figures.keep(reason);
    reports.complain("checkpoint " + id + ": " + reason);
    reports.record(NodeEvent.CHECKPOINT_FAILED, "generation", id.toString(), "reason", reason);
    reports.tell(at -> new Input.CheckpointFailed(at, reports.workload(), id, reason));
  }
}
