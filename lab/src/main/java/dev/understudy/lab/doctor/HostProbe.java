// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import dev.understudy.agent.gate.OutputGate;
import dev.understudy.agent.gate.OutputGates;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.ProcessFacts;
import dev.understudy.lab.cluster.CgroupMounts;
import dev.understudy.lab.cluster.Cgroups;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.Captured;
import dev.understudy.lab.tools.HostPrograms;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  static HostFacts look() throws IOException, LabException, ToolsException {
    ProcessFacts own = ProcessFacts.self();
    ToolCache cache = new ToolCache(_ -> {});
    return new HostFacts(
        own.effectiveUid(),
        System.getProperty("os.version"),
        System.getProperty("os.arch"),
        own.capabilities(),
        run(unshare(ALL_NAMESPACES + " --boottime 100", "true")),
        run(unshare("--mount", OVERLAY)),
        tryLinks(),
        tryGate(),
        new HostFacts.Cgroups(CgroupMounts.here().version(), tryCgroups()),
        HostPrograms.missing(HostPrograms.NEEDED),
        HostPrograms.missing(HostPrograms.FETCHING),
        Runtime.version().feature(),
        1024 * Long.parseLong(words(field(memory(), "MemAvailable:"))[0]),
        freeBytes(cache.home()),
        own.openFilesMost().orElse(Long.MAX_VALUE),
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
      Captured said = Captured.run(command, LIMIT_SECONDS);
      return said.ok()
          ? new HostFacts.Attempt.Worked()
          : new HostFacts.Attempt.Failed(said.lastLine());
    } catch (IOException e) {
      return new HostFacts.Attempt.Failed(String.valueOf(e.getMessage()));
    }
  }

  /** Makes a node's cgroups as a lab would, which go with the attempt. */
  private static HostFacts.Attempt tryCgroups() {
    try {
      Cgroups.tryHere();
      return new HostFacts.Attempt.Worked();
    } catch (LabException e) {
      return new HostFacts.Attempt.Failed(String.valueOf(e.getMessage()));
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
