// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.runtime.CgroupPlaces;
import dev.understudy.agent.runtime.Command;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.agent.runtime.Program;
import dev.understudy.agent.runtime.RuncStart;
import dev.understudy.agent.runtime.SandboxPlaces;
import dev.understudy.agent.runtime.SandboxSpec;
import dev.understudy.agent.runtime.StartResult;
import dev.understudy.agent.runtime.ToolPaths;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What every scenario inside a {@link TestNode} needs. */
final class Stage {
  /** Counts its requests in memory, in a file of its own, and in shared memory. */
  static final String SERVER =
      """
      use IO::Socket::INET; $| = 1;
      my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die $!;
      mkdir "/var/tmp/us-data"; open(my $f, ">", "/var/tmp/us-data/journal") or die $!;
      open(my $m, "+>", "/dev/shm/us-count") or die $!;
      open(my $g, "+>", "/var/tmp/us-data/gone") or die $!; unlink "/var/tmp/us-data/gone";
      select($f); $| = 1; select($m); $| = 1; select($g); $| = 1; select(STDOUT);
      my $n = 0; my $ballast = "x" x ($ENV{BALLAST} || 0);
      print "listening\\n";
      while (my $c = $s->accept) {
        $n++; print $f "$n\\n"; seek($m, 0, 0); print $m "$n\\n"; print $g "$n ";
        print "served $n\\n";
        seek($g, 0, 0); my $gone = <$g>;
        print $c "$n $gone\\n"; close $c;
      }
      """;

  final Path tools;
  final String group;
  final Path base = Path.of("/run/us");

  Stage(String tools, String group) throws IOException {
    this.tools = Path.of(tools);
    this.group = group;
    try (Netlink netlink = Netlink.open()) {
      netlink.setUp("lo");
      netlink.createBridge("br0");
      netlink.setUp("br0");
    }
  }

  SandboxPlaces places(String node) throws IOException {
    boolean v1 = Files.readString(base.resolve("kind")).strip().equals("v1");
    return new SandboxPlaces(
        base.resolve(node),
        base.resolve(node + "-state"),
        "br0",
        new CgroupPlaces(
            Path.of("/sys/fs/cgroup"),
            v1 ? Optional.of(base.resolve("memory")) : Optional.empty(),
            group + "/" + node),
        new ToolPaths(tools.resolve("criu"), tools.resolve("runc")),
        List.of());
  }

  /** Two nodes on one kernel differ by their directories; device names differ by the workload. */
  OwnSandbox sandbox(String node, String workload) throws IOException {
    SandboxSpec spec =
        new SandboxSpec(
            workload, Path.of("/"), "host", 0x0a4d0064, 24, Long.getLong("limit", 256L << 20));
    return OwnSandbox.create(
        spec,
        places(node),
        device ->
            () -> {
              // No gate: nothing in this network can be confused by a second sender.
            });
  }

  Copy start(OwnSandbox sandbox, String... command) throws IOException {
    return switch (tryStart(sandbox, command)) {
      case StartResult.Started(var copy) -> copy;
      case StartResult.StartFailed(var reason, var lines) ->
          throw new IOException(reason + " " + lines);
    };
  }

  StartResult tryStart(OwnSandbox sandbox, String... command) {
    TreeMap<String, String> environment = new TreeMap<>();
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("BALLAST", System.getProperty("ballast", "1000000"));
    return RuncStart.start(sandbox, new Program(List.of(command), environment, "/", 0, 0));
  }

  /** One request to the server in that sandbox: its answer. */
  String ask(OwnSandbox sandbox) throws IOException {
    return output(
        sandbox,
        "perl",
        "-MIO::Socket::INET",
        "-e",
        "my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1:8080', Timeout => 2) or die $!;"
            + "print $c \"GET / HTTP/1.0\\r\\n\\r\\n\"; print scalar <$c>");
  }

  /** What a command prints inside the sandbox's namespaces. */
  String output(OwnSandbox sandbox, String... command) throws IOException {
    List<String> argv = new ArrayList<>(sandbox.network().enter());
    argv.addAll(List.of(command));
    Path out = Files.createTempFile("ask", ".txt");
    try {
      Command.of(argv).output(out).must("asking", Duration.ofSeconds(5));
      return Files.readString(out).strip();
    } finally {
      Files.delete(out);
    }
  }

  HostFacts facts() throws IOException {
    return HostFacts.read(new ToolPaths(tools.resolve("criu"), tools.resolve("runc")), "host");
  }

  /** In bytes, of the cgroup that its root process is in. */
  static long memoryLimit(Copy copy) throws IOException {
    List<String> groups = Files.readAllLines(Path.of("/proc/" + copy.rootPid() + "/cgroup"));
    for (String line : groups) {
      String[] parts = line.split(":", 3);
      // A node sees the hierarchies from its own mounts, which begin at their roots.
      Path v1 = Path.of("/run/us/memory", parts[2], "memory.limit_in_bytes");
      Path v2 = Path.of("/sys/fs/cgroup", parts[2]).resolveSibling("memory.max");
      if (parts[1].equals("memory") && Files.exists(v1)) {
        return Long.parseLong(Files.readString(v1).strip());
      }
      if (parts[1].isEmpty() && Files.exists(v2)) {
        return Long.parseLong(Files.readString(v2).strip());
      }
    }
    throw new IOException("no memory limit is found by " + groups);
  }

  static GenerationId id(long sequence) {
    return new GenerationId(new Epoch(1, "a"), sequence);
  }

  static Generation captured(CaptureResult result) {
    return switch (result) {
      case CaptureResult.Captured(var generation, var pause, var took, _) -> {
        say(
            "captured %s: pause %.2f ms, %.2f ms in all, %d bytes"
                .formatted(
                    generation.id(), pause / 1e6, took / 1e6, generation.manifest().bytes()));
        yield generation;
      }
      case CaptureResult.CheckpointFailed(var reason) -> throw new IllegalStateException(reason);
    };
  }

  static HeldCopy held(HoldResult result) {
    return switch (result) {
      case HoldResult.Held(var copy, var took, _) -> {
        say(
            "held %s after %.2f ms, %d processes"
                .formatted(copy.id(), took / 1e6, copy.processes()));
        yield copy;
      }
      case HoldResult.HoldFailed(var reason) -> throw new IllegalStateException(reason);
    };
  }

  static void check(boolean holds, String claim) {
    if (!holds) {
      throw new IllegalStateException("not so: " + claim);
    }
    say("ok: " + claim);
  }

  static void say(String line) {
    System.out.println(line);
  }
}
