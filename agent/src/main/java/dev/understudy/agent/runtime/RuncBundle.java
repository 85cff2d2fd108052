// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.agent.linux.ProcessFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The bundle that runc starts from: config.json of the OCI runtime specification 1.2. Only what
 * CRIU can save cheaply is mounted; network, IPC and UTS namespaces are the sandbox's. There is no
 * entry for /dev: it is mounted in the root file system already, because runc opens standard input
 * anew inside the container only when it believes /dev to be its own, and CRIU refuses a descriptor
 * from outside.
 */
final class RuncBundle {
  /**
   * What Docker leaves to a container's root; no more than programs are used to. Never
   * CAP_NET_ADMIN: with it a program gets round {@code agent.gate.OutputGate}. Nor CAP_MKNOD: no
   * cgroup filters devices for a copy that was restored.
   */
  private static final List<String> CAPABILITIES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  /** Parts of /proc through which root inside could change the machine. */
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private static final long OPEN_FILES = 65_536;

  private RuncBundle() {}

  static void write(Path bundle, OwnSandbox sandbox, Cgroup group, RootFiles files, Program program)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = json.createObjectNode();
    config.put("ociVersion", "1.2.0");
    process(config.putObject("process"), program);
    config.putObject("root").put("path", files.rootfs().toString()).put("readonly", false);
    ArrayNode mounts = config.putArray("mounts");
    mounts.addObject().put("destination", "/proc").put("type", "proc").put("source", "proc");
    linux(config.putObject("linux"), sandbox, group);
    Files.createDirectories(bundle);
    json.writeValue(bundle.resolve("config.json").toFile(), config);
  }

  private static void process(ObjectNode process, Program program) throws IOException {
    process.put("terminal", false);
    process.putObject("user").put("uid", program.uid()).put("gid", program.gid());
    ArrayNode args = process.putArray("args");
    program.command().forEach(args::add);
    ArrayNode env = process.putArray("env");
    program.environment().forEach((name, value) -> env.add(name + "=" + value));
    process.put("cwd", program.workingDirectory());
    process.put("noNewPrivileges", true);
    ObjectNode sets = process.putObject("capabilities");
    for (String set : List.of("bounding", "effective", "permitted")) {
      ArrayNode names = sets.putArray(set);
      if (program.uid() == 0 || set.equals("bounding")) {
        CAPABILITIES.forEach(names::add);
      }
    }
    // The agent may lack the right to exceed its own.
    long own = ProcessFacts.self().openFilesMost().orElse(OPEN_FILES);
    long limit = Math.min(OPEN_FILES, own);
    ObjectNode rlimit = process.putArray("rlimits").addObject();
    rlimit.put("type", "RLIMIT_NOFILE").put("hard", limit).put("soft", limit);
  }

  private static void linux(ObjectNode linux, OwnSandbox sandbox, Cgroup group) {
    linux.put("cgroupsPath", group.runcPath());
    ArrayNode namespaces = linux.putArray("namespaces");
    namespaces.addObject().put("type", "pid");
    namespaces.addObject().put("type", "mount");
    SandboxNetwork pinned = sandbox.network();
    namespaces.addObject().put("type", "network").put("path", pinned.net().toString());
    namespaces.addObject().put("type", "ipc").put("path", pinned.ipc().toString());
    namespaces.addObject().put("type", "uts").put("path", pinned.uts().toString());
    READ_ONLY.forEach(linux.putArray("readonlyPaths")::add);
  }
}
