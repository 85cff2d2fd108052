// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.ProcessTree;
import dev.understudy.agent.runtime.RootFiles;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.ParkedReign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an agent that is about to be restarted leaves to the next one of a workload that goes on
 * meanwhile.
 *
 * @param reign as the protocol wrote it down
 * @param startedIn the reign in which the program was started, woken or thawed last
 * @param directory the files of the running copy
 * @param rootPid its root process
 * @param rootStartTicks when that process began, which a later process of that number did not
 * @param runcId its name in runc; empty when CRIU restored it
 * @param logKeeperPid the process that keeps the log's pipe
 * @param logKey what that pipe is called
 */
public record ParkedWorkload(
    ParkedReign reign,
    Epoch startedIn,
    String directory,
    int rootPid,
    long rootStartTicks,
    String runcId,
    long logKeeperPid,
    String logKey) {
  /** Of proc(5) stat, counted from the state letter, which is the third. */
  private static final int START_TICKS = 22 - 3;

  /**
   * Describes a running copy for the agent that comes after this one.
   *
   * @throws IOException when its root process is gone
   */
  public static ParkedWorkload of(
      ParkedReign reign, Epoch startedIn, Copy copy, long logKeeperPid, String logKey)
      throws IOException {
    return new ParkedWorkload(
        reign,
        startedIn,
        copy.files().directory().toString(),
        copy.rootPid(),
        startTicks(copy.rootPid()),
        copy.runcId().orElse(""),
        logKeeperPid,
        logKey);
  }

  /** The copy, whether it still runs or not. */
  public Copy copy() {
    return new Copy(
        RootFiles.in(Path.of(directory)),
        new ProcessTree(rootPid),
        runcId.isEmpty() ? Optional.empty() : Optional.of(runcId));
  }

  /** Whether its root process is the one that was left, and has not ended. */
  public boolean runs() {
    try {
      return startTicks(rootPid) == rootStartTicks && copy().tree().alive();
    } catch (IOException gone) {
      return false;
    }
  }

  private static long startTicks(int pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(") ") + 2).split(" ", -1);
    return Long.parseLong(fields[START_TICKS]);
  }
}
