// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Cgroup;
import dev.understudy.agent.runtime.Command;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Failures;
import dev.understudy.agent.runtime.ProcessTree;
import dev.understudy.agent.runtime.RootFiles;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.api.records.CriuRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Restores a generation in a standby's sandbox and leaves it stopped. The new copy gets files of
 * its own, so the former held copy notices nothing.
 */
public final class Hold {
  private static final long BASE_NANOS = 10_000_000_000L;
  private static final long NANOS_PER_BYTE = 10;
  private static final long STAND_NANOS = 1_000_000_000L;

  private final Sandbox sandbox;
  private final Generation generation;
  private final Cancellation cancellation;

  private Hold(Sandbox sandbox, Generation generation, Cancellation cancellation) {
    this.sandbox = sandbox;
    this.generation = generation;
    this.cancellation = cancellation;
  }

  /** The same to its end, whatever happens. */
  public static HoldResult hold(Sandbox sandbox, Generation generation, HostFacts here) {
    return hold(sandbox, generation, here, new Cancellation());
  }

  /**
   * Restores; blocks until the copy stands or is given up.
   *
   * @param generation whose bytes were compared with its manifest, by {@link Arrival} as they came
   *     or by {@link Generation#damage}
   * @param here this machine and the workload's root on it
   * @param cancellation kills what is being restored, once it takes no connections any more
   */
  public static HoldResult hold(
      Sandbox sandbox, Generation generation, HostFacts here, Cancellation cancellation) {
    return new Hold(sandbox, generation, cancellation).run(here);
  }

  private HoldResult run(HostFacts here) {
    long begin = Clock.bootNanos();
    RootFiles files;
    try {
      Optional<String> obstacle =
          Compatibility.obstacle(generation.manifest().host(), here).or(this::foreign);
      if (obstacle.isPresent()) {
        return new HoldResult.HoldFailed(obstacle.get());
      }
      files = sandbox.newFiles(generation.file(Generation.UPPER), generation.file(Generation.SHM));
    } catch (IOException e) {
      return new HoldResult.HoldFailed(Failures.text(e));
    }
    try {
      return restore(files, begin);
    } catch (IOException e) {
      return failed(files, Failures.text(e));
    }
  }

  private Optional<String> foreign() {
    String workload = generation.manifest().workload();
    return workload.equals(sandbox.spec().workload())
        ? Optional.empty()
        : Optional.of("a generation of " + workload + " is not for " + sandbox.spec().workload());
  }

  private HoldResult restore(RootFiles files, long begin) throws IOException {
    Path work = Files.createDirectories(files.directory().resolve("criu"));
    Path root = Files.createDirectories(files.directory().resolve("root"));
    Cgroup group = sandbox.newGroup(files);
    Command.Result result =
        Command.of(command(group, files, work, root))
            .output(sandbox.restoreOutput())
            .endedBy(cancellation, Listeners::shut)
            .run(limit());
    if (cancellation.cancelled()) {
      // CRIU may have ended just before, and what it restored would listen until it is dead.
      Listeners.shut(group.pids());
      return failed(files, "it was given up");
    }
    if (!result.ok()) {
      String why =
          result.timedOut()
              ? "CRIU took longer than " + limit().toSeconds() + " s and was killed"
              : CriuLog.reason(work.resolve("restore.log"));
      String errors = result.errors().isBlank() ? "" : ": " + result.errors().strip();
      return failed(files, why + errors);
    }
    int told = Integer.parseInt(Files.readString(work.resolve("pid")).strip());
    int pid = sandbox.rootPid(told, group);
    ProcessTree tree = new ProcessTree(pid);
    Copy copy = new Copy(files, tree, Optional.empty());
    if (!stands(tree)) {
      sandbox.discard(copy);
      return new HoldResult.HoldFailed("the restored processes do not stand still");
    }
    try {
      sandbox.settle(group);
    } catch (IOException e) {
      sandbox.discard(copy);
      return new HoldResult.HoldFailed(Failures.text(e));
    }
    HeldCopy held = new HeldCopy(generation, copy, tree.pids().length);
    return new HoldResult.Held(held, Clock.bootNanos() - begin, criu(work));
  }

  /** The copy stands, with or without them: records say -1 for figures that nobody can read. */
  private static CriuRestore criu(Path work) {
    try {
      return CriuStats.restore(work.resolve("stats-restore"));
    } catch (IOException unreadable) {
      return CriuRestore.UNKNOWN;
    }
  }

  private List<String> command(Cgroup group, RootFiles files, Path work, Path root)
      throws IOException {
    List<String> argv = new ArrayList<>(sandbox.restoreFrom(group, files, root));
    argv.add(sandbox.places().tools().criu().toString());
    argv.addAll(List.of("restore", "--restore-detached", "--leave-stopped"));
    argv.addAll(List.of("-D", generation.directory().toString(), "-W", work.toString()));
    argv.addAll(List.of("-o", "restore.log", "--pidfile", work.resolve("pid").toString()));
    argv.addAll(List.of("--root", root.toString()));
    argv.addAll(sandbox.restoreMounts(files, generation.manifest().logPipes()));
    argv.addAll(CriuOptions.COMMON);
    return argv;
  }

  private Duration limit() {
    return Duration.ofNanos(BASE_NANOS + NANOS_PER_BYTE * generation.manifest().bytes());
  }

  private static boolean stands(ProcessTree tree) {
    long end = System.nanoTime() + STAND_NANOS;
    while (!tree.stopped()) {
      if (System.nanoTime() - end > 0 || !tree.alive()) {
        return false;
      }
      LockSupport.parkNanos(500_000L);
    }
    return true;
  }

  private HoldResult failed(RootFiles files, String why) {
    try {
      sandbox.discardFiles(files);
    } catch (IOException e) {
      return new HoldResult.HoldFailed(why + "; its remains stay: " + Failures.text(e));
    }
    return new HoldResult.HoldFailed(why);
  }
}
