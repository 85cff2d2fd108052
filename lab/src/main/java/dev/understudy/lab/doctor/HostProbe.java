// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import dev.understudy.agent.gate.OutputGate;
import dev.understudy.agent.gate.OutputGates;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.lab.tools.HostPrograms;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks at the host that this runs on. */
final class HostProbe {
  private static final String ALL_NAMESPACES = "--mount --uts --ipc --net --pid --fork --time";
  private static final int LIMIT_SECONDS = 20;

  /** Runs in a mount namespace of its own, so the mounts go when the shell ends. */
  private static final String OVERLAY =
      "mount -t tmpfs tmpfs /tmp && mkdir /tmp/up /tmp/work /tmp/all"
          + " && mount -t overlay overlay"
          + " -o lowerdir=/,upperdir=/tmp/up,workdir=/tmp/work /tmp/all"
          + " && : > /tmp/all/written && test -e /tmp/up/written";

  private HostProbe() {}

  static HostFacts look() throws IOException, ToolsException {
    List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
    ToolCache cache = new ToolCache(_ -> {});
    return new HostFacts(
        Long.parseLong(words(field(status, "Uid:"))[1]),
        System.getProperty("os.version"),
        System.getProperty("os.arch"),
        Long.parseUnsignedLong(field(status, "CapEff:"), 16),
        run(unshare(ALL_NAMESPACES + " --boottime 100", "true")),
        run(unshare("--mount", OVERLAY)),
        tryLinks(),
        tryGate(),
        parseCgroups(Files.readAllLines(Path.of("/proc/self/mounts")), HostProbe::controllers),
        HostPrograms.missing(HostPrograms.NEEDED),
        HostPrograms.missing(HostPrograms.FETCHING),
        Runtime.version().feature(),
        1024 * Long.parseLong(words(field(memory(), "MemAvailable:"))[0]),
        freeBytes(cache.home()),
        openFiles(Files.readAllLines(Path.of("/proc/self/limits"))),
        criu(cache));
  }

  /** Makes a veth pair in a bridge, in a network namespace that ends with the attempt. */
  private static HostFacts.Attempt tryLinks() {
    try {
      return Namespaces.callInNew(() -> {
        try (Netlink netlink = Netlink.open()) {
          netlink.createVeth("v0", "v1");
          netlink.createBridge("b0");
          netlink.setMaster("v0", "b0");
        }
        return new HostFacts.Attempt.Worked();
      });
    } catch (IOException e) {
      return new HostFacts.Attempt.Failed(String.valueOf(e.getMessage()));
    }
  }

  /** Attaches a gate as an agent would, in a network namespace that ends with the attempt. */
  private static HostFacts.GateAttempt tryGate() {
    try {
      return Namespaces.callInNew(() -> {
        try (Netlink netlink = Netlink.open()) {
          netlink.createVeth("v0", "v1");
        }
        try (OutputGate gate = OutputGates.choose("v0").gate()) {
          return new HostFacts.GateAttempt.Attached(gate.kind());
        }
      });
    } catch (IOException e) {
      return new HostFacts.GateAttempt.Refused(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> unshare(String options, String script) {
    List<String> command = new ArrayList<>(List.of("unshare"));
    command.addAll(List.of(words(options)));
    command.addAll(List.of("sh", "-ec", script));
    return command;
  }

  /** Runs to the end; a failure carries the last line of output. */
  private static HostFacts.Attempt run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new HostFacts.Attempt.Failed("no answer within " + LIMIT_SECONDS + " s");
      }
      // The output of these commands fits into a pipe, so it can be read afterwards.
      byte[] output = process.getInputStream().readAllBytes();
      List<String> lines = new String(output, StandardCharsets.UTF_8).strip().lines().toList();
      return process.exitValue() == 0
          ? new HostFacts.Attempt.Worked()
          : new HostFacts.Attempt.Failed(
              lines.isEmpty() ? "exit code " + process.exitValue() : lines.getLast());
    } catch (IOException e) {
      return new HostFacts.Attempt.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new HostFacts.Attempt.Failed("interrupted");
    }
  }

  private static HostFacts.Criu criu(ToolCache cache) throws ToolsException {
    Optional<Tools> tools = cache.ready(ToolGroup.BASE);
    if (tools.isEmpty()) {
      return new HostFacts.Criu.NotFetched();
    }
    String version = tools.get().versions().getOrDefault("criu", "unknown");
    for (Path tool : List.of(tools.get().criu(), tools.get().runc())) {
      if (run(List.of(tool.toString(), "--version"))
          instanceof HostFacts.Attempt.Failed(String reason)) {
        return new HostFacts.Criu.Damaged(tool, cache.home(), reason);
      }
    }
    return switch (run(List.of(tools.get().criu().toString(), "check"))) {
      case HostFacts.Attempt.Worked() -> new HostFacts.Criu.Fetched(version, "");
      case HostFacts.Attempt.Failed(String reason) -> new HostFacts.Criu.Fetched(version, reason);
    };
  }

  /** Gives the text of cgroup.controllers of a cgroup2 mount, cgroups(7). */
  interface ControllersReader {
    String read(String mount) throws IOException;
  }

  private static String controllers(String mount) throws IOException {
    return Files.readString(Path.of(mount, "cgroup.controllers"));
  }

  static HostFacts.Cgroups parseCgroups(List<String> mounts, ControllersReader reader)
      throws IOException {
    boolean v1 = false;
    boolean v2 = false;
    String memoryAt = "";
    for (String mount : mounts) {
      String[] fields = mount.split(" ", -1);
      List<String> options = Arrays.asList(fields[3].split(",", -1));
      boolean writable = options.contains("rw");
      if (fields[2].equals("cgroup")) {
        v1 = true;
        memoryAt = writable && options.contains("memory") ? fields[1] : memoryAt;
      } else if (fields[2].equals("cgroup2")) {
        v2 = true;
        boolean memory = Arrays.asList(words(reader.read(fields[1]))).contains("memory");
        memoryAt = writable && memory ? fields[1] : memoryAt;
      }
    }
    String version = v1 && v2 ? "hybrid" : v2 ? "v2" : v1 ? "v1" : "not mounted";
    return new HostFacts.Cgroups(version, memoryAt);
  }

  static long openFiles(List<String> limits) {
    String hard = words(field(limits, "Max open files"))[1];
    return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
  }

  private static List<String> memory() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo"));
  }

  private static long freeBytes(Path folder) throws IOException {
    Path existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Files.getFileStore(existing).getUsableSpace();
  }

  private static String field(List<String> lines, String name) {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).strip();
      }
    }
    throw new IllegalStateException("no line starts with " + name + ": " + lines);
  }

  private static String[] words(String text) {
    return text.strip().split("\\s+", -1);
  }
}
