// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Input;

/**
 * A workload that this node should be able to run and cannot, since its image is of no use here. It
 * has no sandbox, no address and no gate, so there is nothing to shut; the others go on.
 */
public final class UnfitWorkload {
  private final Reports reports;
  private final String why;

  /**
   * Says so at once.
   *
   * @param why one sentence, for people
   */
  public UnfitWorkload(Reports reports, String why) {
    this.reports = reports;
    this.why = why;
    reports.complain(why);
  }

  /** Why it cannot run here. */
  public String why() {
    return why;
  }

  /** Fails at whatever needs a program; on the duty cycle. */
  public void run(Command command) {
    String name = reports.workload();
    switch (command) {
      case Command.Wake(_, var reign, _) -> failed(reign);
      case Command.Start(_, var reign) -> failed(reign);
      case Command.ShutGate _ -> reports.tell(at -> new Input.GateShut(at, name));
      case Command.NarrowGate _ -> reports.tell(at -> new Input.GateNarrowed(at, name));
      case Command.Checkpoint(_, var generation, _) ->
          reports.tell(at -> new Input.CheckpointFailed(at, name, generation, why));
      case Command.OpenGate _, Command.Announce _, Command.Freeze _ -> {}
      case Command.Discard _, Command.KeepAside _, Command.Abandon _ -> {}
    }
  }

  private void failed(Epoch reign) {
    reports.tell(at -> new Input.Failed(at, reports.workload(), reign, why));
  }
}
