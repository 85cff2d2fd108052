// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Mounts;
import dev.understudy.agent.linux.PidFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts a workload cold, by runc, in its sandbox. Blocks for {@link #WATCH_NANOS} and more. */
public final class RuncStart {
  /** A program that ends within this time counts as one that cannot be started. */
  public static final long WATCH_NANOS = 300_000_000L;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private RuncStart() {}

  /** Starts the program with fresh files. */
  public static StartResult start(OwnSandbox sandbox, Program program) {
    RootFiles files;
    try {
      files = sandbox.newFiles(Optional.empty(), Optional.empty());
    } catch (IOException e) {
      return new StartResult.StartFailed(Failures.text(e), List.of());
    }
    try {
      return run(sandbox, program, files);
    } catch (IOException e) {
      return failed(sandbox, files, Optional.empty(), "cannot start: " + Failures.text(e));
    }
  }

  private static StartResult run(OwnSandbox sandbox, Program program, RootFiles files)
      throws IOException {
    Path bundle = files.directory().resolve("bundle");
    Cgroup group = sandbox.newGroup(files);
    RuncBundle.write(bundle, sandbox, group, files, program);
    Path dev = Files.createDirectories(files.rootfs().resolve("dev"));
    for (String link : RootFiles.LINKS.keySet()) {
      // runc makes them itself, and follows those that it finds.
      Files.deleteIfExists(files.dev().resolve(link));
    }
    Mounts.bind(files.dev(), dev);
    String id = sandbox.spec().workload() + "-" + files.directory().getFileName();
    Path pidFile = bundle.resolve("pid");
    Path runcLog = bundle.resolve("runc.log");
    List<String> argv = new ArrayList<>(group.launcher());
    argv.addAll(
        sandbox.runc(
            "--log",
            runcLog.toString(),
            "--log-format",
            "json",
            "run",
            "-d",
            "--bundle",
            bundle.toString(),
            "--pid-file",
            pidFile.toString(),
            id));
    Path out = sandbox.log().writeEnd();
    Command.Result result = Command.of(argv).output(out).errors(out).run(LIMIT);
    if (!result.ok()) {
      String said = runcSaid(runcLog).orElse("runc " + result.how());
      return failed(sandbox, files, Optional.of(id), readable(program, said));
    }
    int pid = Integer.parseInt(Files.readString(pidFile).strip());
    Copy copy = new Copy(files, new ProcessTree(pid), Optional.of(id));
    try {
      sandbox.settle(group);
    } catch (IOException e) {
      return failed(sandbox, files, Optional.of(id), Failures.text(e));
    }
    if (endsWithin(pid, WATCH_NANOS)) {
      return failed(
          sandbox,
          files,
          Optional.of(id),
          "%s exited within %d ms of its start"
              .formatted(program.command().getFirst(), WATCH_NANOS / 1_000_000));
    }
    return new StartResult.Started(copy);
  }

  private static boolean endsWithin(int pid, long nanos) throws IOException {
    try (PidFd root = PidFd.open(pid)) {
      return root.awaitExit(Clock.bootNanos() + nanos);
    } catch (LinuxException gone) {
      return true;
    }
  }

  private static StartResult failed(
      OwnSandbox sandbox, RootFiles files, Optional<String> id, String reason) {
    String left = "";
    String why = sandbox.ending(files, reason);
    try {
      if (id.isPresent()) {
        // Fails when runc never got as far as making it: then there is nothing to delete.
        Command.of(sandbox.runc("delete", "-f", id.get())).run(LIMIT);
      }
      sandbox.discardFiles(files);
    } catch (IOException e) {
      left = "; its remains stay: " + Failures.text(e);
    }
    return new StartResult.StartFailed(why + left, sandbox.log().lastLines());
  }

  /** The last message in runc's own log, a JSON object a line. */
  private static Optional<String> runcSaid(Path log) throws IOException {
    Optional<String> said = Optional.empty();
    if (Files.exists(log)) {
      ObjectMapper json = new ObjectMapper();
      for (String line : Files.readAllLines(log)) {
        try {
          String message = json.readTree(line).path("msg").asText();
          said = message.isEmpty() ? said : Optional.of(message);
        } catch (JsonProcessingException torn) {
          said = Optional.of(line);
        }
      }
    }
    return said;
  }

  private static String readable(Program program, String said) {
    String name = program.command().getFirst();
    if (said.contains("executable file not found") || said.contains("no such file or directory")) {
      return "there is no command " + name + " in the workload's root file system (" + said + ")";
    }
    if (said.contains("permission denied") || said.contains("exec format error")) {
      return name + " is not an executable program (" + said + ")";
    }
    return "runc refused to start " + name + ": " + said;
  }
}
