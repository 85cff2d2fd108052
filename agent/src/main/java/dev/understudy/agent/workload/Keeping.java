// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Capture;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.StateCapture;
import dev.understudy.agent.checkpoint.StateEndpoint;
import dev.understudy.agent.duty.ExitWatch;
import dev.understudy.agent.runtime.Sandbox;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * How the state of a workload is taken and kept, by its strategy.
 *
 * @param slot where this node keeps what it could bring to life
 * @param checkpoints how it is taken while the program runs here
 */
record Keeping(Slot slot, Checkpoints checkpoints) {
  /** Programs are captured whole, and held restored and stopped. */
  static Keeping whole(
      Sandbox sandbox,
      HostFacts facts,
      CopyCare care,
      ExitWatch exits,
      BooleanSupplier active,
      Shipment shipment,
      Workers workers,
      Reports reports) {
    Path generations = sandbox.places().generations(reports.workload());
    long most = sandbox.spec().generationLimitBytes();
    return new Keeping(
        new HeldSlot(generations, most, care, reports, exits, active),
        new Checkpoints(
            sandbox,
            facts,
            (copy, id, former) -> Capture.capture(sandbox, copy, id, facts, former),
            _ -> {},
            shipment,
            workers,
            reports));
  }

  /** Programs tell their state, and are told it when they are started. */
  static Keeping told(
      Sandbox sandbox,
      HostFacts facts,
      StateEndpoint endpoint,
      BooleanSupplier active,
      Shipment shipment,
      Workers workers,
      Reports reports) {
    Path generations = sandbox.places().generations(reports.workload());
    StateSlot slot = new StateSlot(generations, endpoint.generationLimitBytes(), reports, active);
    return new Keeping(
        slot,
        new Checkpoints(
            sandbox,
            facts,
            new StateCapture(generations, reports.workload(), endpoint, facts),
            state -> reports.post(() -> slot.keep(state)),
            shipment,
            workers,
            reports));
  }
}
