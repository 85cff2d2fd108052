// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.LinuxException;
import java.util.Optional;

/** Takes a lab away: first its keeper, with which the kernel ends everything, then what is left. */
public final class Teardown {
  private static final long KILL_NANOS = 15_000_000_000L;

  private Teardown() {}

  /** The record of a lab whose keeper still lives. */
  static Optional<LabRecord> running(StateFolder folder) throws LabException {
    Optional<LabRecord> record = folder.record();
    if (record.isEmpty() || !record.get().bootId().equals(HostNeeds.bootId())) {
      return Optional.empty();
    }
    return record.filter(r -> r.keeper().alive());
  }

  /** Whether anything of a lab that does not run any more lies about. */
  static boolean leftOvers(StateFolder folder) throws LabException {
    return folder.used() || Cgroups.ofHost().has(folder.group());
  }

  /** Ends what runs and removes everything but the folder's lock; the caller has the lock. */
  static void run(StateFolder folder) throws LabException {
    Optional<LabRecord> running = running(folder);
    if (running.isPresent()) {
      kill(running.get().keeper());
    }
    Cgroups.ofHost().remove(folder.group());
    folder.empty();
  }

  /** Ends a keeper and, with it, everything below it. */
  public static void kill(ProcessMark keeper) throws LabException {
    try {
      if (!keeper.kill(KILL_NANOS)) {
        throw LabException.failed(
            "The lab's keeper, process "
                + keeper.pid()
                + ", does not end: something in it hangs in the kernel (see its state in ps).");
      }
    } catch (LinuxException e) {
      throw LabException.failed(
          "Cannot end the lab's keeper, process " + keeper.pid() + ": " + e.getMessage() + ".", e);
    }
  }
}
