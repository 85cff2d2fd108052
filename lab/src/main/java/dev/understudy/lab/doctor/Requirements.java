// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import dev.understudy.agent.linux.Capability;
import dev.understudy.lab.tools.HostPrograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a lab needs, compared with what a host has. Pure. */
final class Requirements {
  private static final long MEMORY_BYTES = 1_500_000_000L;
  private static final long DISK_BYTES = 500_000_000L;
  private static final long OPEN_FILES = 4096;
  private static final int JAVA_FEATURE = 25;
  private static final String GATES = "eBPF (TCX), from Linux 6.6, or nftables";
  private static final String CONTAINER_ADVICE =
      "start the container with --privileged, or use a virtual machine";

  /** A capability, and what it is for. */
  private record Need(Capability capability, String purpose) {}

  private static final List<Need> NEEDS =
      List.of(
          new Need(Capability.CAP_SYS_ADMIN, "namespaces and mounts"),
          new Need(Capability.CAP_NET_ADMIN, "interfaces and addresses"),
          new Need(Capability.CAP_NET_RAW, "gratuitous ARP"),
          new Need(Capability.CAP_SYS_PTRACE, "checkpoints"));

  /** Without these an agent works, but later than it should when the machine is busy. */
  private static final List<Need> WISHES =
      List.of(
          new Need(Capability.CAP_SYS_NICE, "real-time scheduling of the agent"),
          new Need(Capability.CAP_IPC_LOCK, "locked memory of the agent"));

  private final HostFacts facts;
  private final List<Check> checks = new ArrayList<>();

  private Requirements(HostFacts facts) {
    this.facts = facts;
  }

  static List<Check> judge(HostFacts facts) {
    Requirements requirements = new Requirements(facts);
    requirements.platform();
    requirements.capabilities();
    requirements.kernelFeatures();
    requirements.gate();
    requirements.cgroups();
    requirements.programs();
    requirements.room();
    requirements.criu();
    return List.copyOf(requirements.checks);
  }

  private void platform() {
    required("root", facts.uid() == 0, "uid " + facts.uid(), "uid 0", "run the command as root");
    required(
        "kernel",
        kernelAtLeast(facts.kernel(), 5, 6),
        "Linux " + facts.kernel(),
        "5.6, for time namespaces",
        "install a newer kernel");
    required(
        "processor",
        facts.machine().equals("amd64"),
        facts.machine(),
        "amd64",
        "use an x86-64 machine: the tools are fetched for it only");
    required(
        "Java",
        facts.javaFeature() >= JAVA_FEATURE,
        "" + facts.javaFeature(),
        JAVA_FEATURE + " or later",
        "set JAVA_HOME to a JDK 25");
  }

  private void capabilities() {
    for (Need need : NEEDS) {
      boolean there = has(need.capability());
      String needed = "for " + need.purpose();
      required(need.capability().name(), there, presence(there), needed, privilegeAdvice());
    }
    for (Need wish : WISHES) {
      boolean there = has(wish.capability());
      String needed = "for " + wish.purpose();
      checks.add(
          Check.optional(
              wish.capability().name(),
              there,
              presence(there),
              needed,
              "without it a busy machine delays the agent; " + privilegeAdvice()));
    }
    // The right to do everything stood for these before they were set apart.
    for (Capability apart : List.of(Capability.CAP_BPF, Capability.CAP_CHECKPOINT_RESTORE)) {
      boolean there = has(apart) || has(Capability.CAP_SYS_ADMIN);
      required(apart.name(), there, presence(there), "or CAP_SYS_ADMIN", privilegeAdvice());
    }
    boolean resource = has(Capability.CAP_SYS_RESOURCE);
    checks.add(
        Check.optional(
            "CAP_SYS_RESOURCE",
            resource,
            presence(resource),
            "to raise limits",
            "without it a workload cannot have more than "
                + facts.openFiles()
                + " open files, nor a lowered OOM score"));
  }

  private void kernelFeatures() {
    attempt("namespaces", facts.namespaces(), "mount, uts, ipc, net, pid, time");
    attempt("overlay over /", facts.overlay(), "overlayfs with its upper part on tmpfs");
    attempt("veth and bridge", facts.links(), "made in a network namespace");
  }

  private void gate() {
    checks.add(
        switch (facts.gate()) {
          case HostFacts.GateAttempt.Attached(String kind) ->
              Check.required("output gate", true, kind, GATES, "");
          case HostFacts.GateAttempt.Refused(String reason) ->
              Check.required(
                  "output gate",
                  false,
                  reason,
                  GATES,
                  privilegeAdvice() + "; needs Linux 6.6, or nftables in the kernel");
        });
  }

  private void cgroups() {
    HostFacts.Cgroups cgroups = facts.cgroups();
    String refusal =
        switch (cgroups.node()) {
          case HostFacts.Attempt.Worked() -> "";
          case HostFacts.Attempt.Failed(String reason) -> reason;
        };
    required(
        "memory cgroup",
        refusal.isEmpty(),
        cgroups.version() + (refusal.isEmpty() ? ", works" : ": " + refusal),
        "v1 or v2, handed on to groups of a lab",
        "boot with cgroup_enable=memory; in a container: " + CONTAINER_ADVICE);
  }

  private void programs() {
    required(
        "programs",
        facts.missing().isEmpty(),
        found(facts.missing()),
        "of " + HostPrograms.PACKAGES,
        "install " + HostPrograms.PACKAGES);
    boolean there = facts.missingToFetch().isEmpty();
    String found = found(facts.missingToFetch());
    String needed = "until the tools are fetched";
    String advice = "use a Debian-like system: the tools come as Debian packages";
    checks.add(
        facts.criu() instanceof HostFacts.Criu.Fetched
            ? Check.optional("apt and dpkg", there, found, needed, advice)
            : Check.required("apt and dpkg", there, found, needed, advice));
  }

  private static String found(List<String> missing) {
    return missing.isEmpty() ? "all there" : "not found: " + String.join(", ", missing);
  }

  private void room() {
    required(
        "free memory",
        facts.memoryBytes() >= MEMORY_BYTES,
        gigabytes(facts.memoryBytes()),
        gigabytes(MEMORY_BYTES),
        "stop other programs, or use a larger machine");
    required(
        "free disk",
        facts.diskBytes() >= DISK_BYTES,
        gigabytes(facts.diskBytes()),
        gigabytes(DISK_BYTES),
        "make room, or set UNDERSTUDY_CACHE to a folder on a larger disk");
    required(
        "open files",
        facts.openFiles() >= OPEN_FILES,
        "hard limit " + facts.openFiles(),
        "" + OPEN_FILES,
        "raise it: ulimit -Hn " + OPEN_FILES);
  }

  private void criu() {
    checks.add(
        switch (facts.criu()) {
          case HostFacts.Criu.NotFetched() ->
              Check.optional(
                  "criu check",
                  false,
                  "not fetched yet",
                  "4.2 or later",
                  "nothing to do: the first run fetches it");
          case HostFacts.Criu.Damaged(Path tool, Path home, String reason) ->
              Check.required(
                  "criu check",
                  false,
                  tool + " does not start: " + reason,
                  "4.2 or later, content",
                  "remove " + home + ": the next run fetches the tools again");
          case HostFacts.Criu.Fetched(String version, String complaint) ->
              Check.required(
                  "criu check",
                  complaint.isEmpty(),
                  version + (complaint.isEmpty() ? ", looks good" : ": " + complaint),
                  "4.2 or later, content",
                  privilegeAdvice() + "; needs a kernel with CONFIG_CHECKPOINT_RESTORE");
        });
  }

  private void attempt(String name, HostFacts.Attempt attempt, String needed) {
    checks.add(
        switch (attempt) {
          case HostFacts.Attempt.Worked() -> Check.required(name, true, "works", needed, "");
          case HostFacts.Attempt.Failed(String reason) ->
              Check.required(
                  name, false, reason, needed, privilegeAdvice() + "; needs a kernel that has it");
        });
  }

  private void required(String name, boolean ok, String found, String needed, String advice) {
    checks.add(Check.required(name, ok, found, needed, advice));
  }

  private String privilegeAdvice() {
    return facts.uid() == 0 ? "in a container: " + CONTAINER_ADVICE : "run the command as root";
  }

  private boolean has(Capability capability) {
    return capability.in(facts.capabilities());
  }

  private static String presence(boolean there) {
    return there ? "there" : "not there";
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** A release that does not start with two numbers counts as too old. */
  static boolean kernelAtLeast(String release, int major, int minor) {
    String[] parts = release.split("[^0-9]+", -1);
    if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
      return false;
    }
    int found = Integer.parseInt(parts[0]);
    return found > major || (found == major && Integer.parseInt(parts[1]) >= minor);
  }
}
