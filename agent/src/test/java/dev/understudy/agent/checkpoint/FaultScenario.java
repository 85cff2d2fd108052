// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Signals;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.agent.runtime.StartResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Everything that goes wrong leaves the program running and the former copy held. */
public final class FaultScenario {
  private static final String IO_URING =
      "my $p = \"\\0\" x 256; my $r = syscall(425, 8, $p); die \"no io_uring: $!\" if $r < 0;"
          + Stage.SERVER;

  private FaultScenario() {}

  public static void main(String[] args) throws Exception {
    Stage stage = new Stage(args[0], args[1]);
    HostFacts facts = stage.facts();
    try (OwnSandbox active = stage.sandbox("a", "count");
        OwnSandbox standby = stage.sandbox("b", "count")) {
      wrongCommands(stage, active);
      ioUring(stage, active, facts);
      Copy copy = stage.start(active, "perl", "-e", Stage.SERVER);
      copy = killedCriu(stage, active, copy, facts);
      damaged(active, copy, standby, facts);
      HeldCopy unused = unrestorable(active, copy, standby, facts);
      Stage.check(unused.copy().tree().stopped(), "the former copy still stands at the end");
    }
  }

  private static void wrongCommands(Stage stage, OwnSandbox sandbox) throws IOException {
    StartResult.StartFailed absent =
        (StartResult.StartFailed) stage.tryStart(sandbox, "no-such-command");
    Stage.check(absent.reason().contains("no command no-such-command"), absent.reason());
    StartResult.StartFailed text = (StartResult.StartFailed) stage.tryStart(sandbox, "/etc/passwd");
    Stage.check(text.reason().contains("not an executable program"), text.reason());
    StartResult.StartFailed brief =
        (StartResult.StartFailed)
            stage.tryStart(sandbox, "sh", "-c", "echo cannot read my configuration; exit 3");
    Stage.check(brief.reason().contains("exited within"), brief.reason());
    Stage.check(
        brief.lastLines().contains("cannot read my configuration"), "last lines are reported");
    try (Stream<Path> copies = Files.list(sandbox.directory().resolve("copies"))) {
      Stage.check(copies.findAny().isEmpty(), "failed starts leave no files");
    }
    Stage.check(sandbox.cgroup().pids().length == 0, "failed starts leave no process");
  }

  private static void ioUring(Stage stage, OwnSandbox sandbox, HostFacts facts) throws Exception {
    Copy copy = stage.start(sandbox, "perl", "-e", IO_URING);
    CaptureResult result = Capture.capture(sandbox, copy, Stage.id(1), facts);
    String reason = ((CaptureResult.CheckpointFailed) result).reason();
    Stage.check(reason.startsWith("the program uses io_uring"), reason);
    Stage.check(stage.ask(sandbox).equals("1 1"), "the program goes on unharmed");
    Stage.check(generations(sandbox) == 0, "a failed capture leaves no directory");
    sandbox.discard(copy);
  }

  /**
   * A CRIU that is killed while it has code of its own in the program may take the program along:
   * then it has ended, which the node sees and hands over. It never stands still unnoticed.
   */
  private static Copy killedCriu(Stage stage, OwnSandbox sandbox, Copy copy, HostFacts facts)
      throws Exception {
    int failed = 0;
    int kills = 0;
    int ends = 0;
    int asked = 0;
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 12; i++) {
        int after = i;
        Callable<Boolean> killer = () -> killCriu(200_000L + 1_500_000L * after);
        Future<Boolean> killed = other.submit(killer);
        CaptureResult result = Capture.capture(sandbox, copy, Stage.id(100 + i), facts);
        // A quick machine ends the dump before the later kills: then there is nobody to kill.
        kills += killed.get() ? 1 : 0;
        if (result instanceof CaptureResult.CheckpointFailed(var reason)) {
          Stage.say(reason);
          failed++;
        }
        Optional<String> answer = answer(stage, sandbox, copy);
        if (answer.isEmpty()) {
          Stage.say("the kill took the program along");
          sandbox.discard(copy);
          copy = stage.start(sandbox, "perl", "-e", Stage.SERVER);
          answer = Optional.of(stage.ask(sandbox));
          asked = 0;
          ends++;
        }
        String said = answer.orElseThrow();
        Stage.check(said.startsWith(++asked + " "), "after it the program answers " + said);
      }
    }
    Stage.check(kills > 0, kills + " times criu was killed");
    Stage.check(failed > 0, failed + " of 12 captures were broken by the kill");
    Stage.check(ends < kills, ends + " of " + kills + " kills ended the program");
    Stage.captured(Capture.capture(sandbox, copy, Stage.id(200), facts));
    return copy;
  }

  /** What the program answers; nothing when it has ended, which may take a moment to show. */
  private static Optional<String> answer(Stage stage, OwnSandbox sandbox, Copy copy)
      throws Exception {
    try {
      if (copy.tree().alive()) {
        return Optional.of(stage.ask(sandbox));
      }
    } catch (IOException silent) {
      if (!copy.tree().awaitEnd(1_000_000_000L)) {
        throw silent;
      }
    }
    return Optional.empty();
  }

  /** Waits for a criu below this process, then that long, then kills it. */
  private static boolean killCriu(long nanos) throws IOException {
    long end = System.nanoTime() + 5_000_000_000L;
    while (System.nanoTime() < end) {
      try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
        for (ProcessHandle child : children.toList()) {
          Path name = Path.of("/proc/" + child.pid() + "/comm");
          if (Files.exists(name) && Files.readString(name).startsWith("criu")) {
            LockSupport.parkNanos(nanos);
            var _ = Signals.kill(child.pid(), Signals.SIGKILL);
            return true;
          }
        }
      } catch (IOException ended) {
        Thread.onSpinWait();
      }
    }
    return false;
  }

  private static void damaged(OwnSandbox active, Copy copy, OwnSandbox standby, HostFacts facts)
      throws Exception {
    Generation good = Stage.captured(Capture.capture(active, copy, Stage.id(300), facts));
    HeldCopy former = Stage.held(Hold.hold(standby, good, facts));
    Generation bad = Stage.captured(Capture.capture(active, copy, Stage.id(301), facts));
    Path pages = bad.directory().resolve("pages-1.img");
    byte[] bytes = Files.readAllBytes(pages);
    bytes[bytes.length / 2] ^= 1;
    Files.write(pages, bytes);
    Stage.check(bad.damage().orElse("").contains("is damaged"), "a flipped bit is found");
    Files.write(pages, List.of("short"), StandardOpenOption.TRUNCATE_EXISTING);
    Stage.check(bad.damage().orElse("").contains("bytes in place of"), "a cut file is found");
    Stage.check(good.damage().isEmpty(), "a whole generation is not refused");
    HostFacts other =
        new HostFacts(
            facts.architecture(),
            facts.kernel(),
            facts.cpuVendor(),
            facts.cpuFlags(),
            facts.criu(),
            "sha256:other");
    refused(Hold.hold(standby, good, other), "root file system here is sha256:other");
    Stage.check(former.copy().tree().stopped(), "the former copy still stands");
    standby.discard(former.copy());
  }

  /** An image that is whole but that CRIU cannot restore: one of its files is missing. */
  private static HeldCopy unrestorable(
      OwnSandbox active, Copy copy, OwnSandbox standby, HostFacts facts) throws Exception {
    Generation good = Stage.captured(Capture.capture(active, copy, Stage.id(302), facts));
    HeldCopy former = Stage.held(Hold.hold(standby, good, facts));
    Manifest all = good.manifest();
    Manifest fewer =
        new Manifest(
            all.version(),
            all.workload(),
            all.epochCounter(),
            all.epochNode(),
            all.sequence(),
            all.capturedAtBootNanos(),
            all.captureNanos(),
            all.pauseNanos(),
            all.host(),
            all.logPipes(),
            all.files().stream().filter(file -> !file.name().equals(Generation.UPPER)).toList());
    refused(Hold.hold(standby, new Generation(good.directory(), fewer), facts), "us-data");
    try (Stream<Path> copies = Files.list(standby.directory().resolve("copies"))) {
      Stage.check(copies.count() == 1, "a failed hold leaves no files");
    }
    int alone = former.copy().tree().pids().length;
    // What CRIU killed when it gave up may not have been reaped yet.
    long end = System.nanoTime() + 5_000_000_000L;
    while (standby.cgroup().pids().length != alone && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    Stage.check(standby.cgroup().pids().length == alone, "a failed hold leaves no process");
    return former;
  }

  private static void refused(HoldResult result, String why) {
    String reason =
        switch (result) {
          case HoldResult.HoldFailed failed -> failed.reason();
          case HoldResult.Held held -> "held " + held.copy().id();
        };
    Stage.check(reason.contains(why), reason);
  }

  private static long generations(OwnSandbox sandbox) throws IOException {
    Path all = sandbox.places().generations(sandbox.spec().workload());
    try (Stream<Path> list = Files.list(all)) {
      return list.count();
    }
  }
}
