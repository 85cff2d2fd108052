// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private static final HostFacts.Attempt WORKED = new HostFacts.Attempt.Worked();
  private static final HostFacts GOOD =
      new HostFacts(
          0,
          "6.12.9-amd64",
          "amd64",
          (1L << 41) - 1,
          WORKED,
          WORKED,
          WORKED,
          new HostFacts.GateAttempt.Attached("eBPF"),
          new HostFacts.Cgroups("v2", "/sys/fs/cgroup"),
          List.of(),
          List.of(),
          25,
          4_000_000_000L,
          4_000_000_000L,
          1_048_576,
          new HostFacts.Criu.Fetched("4.2.1", ""));

  private static List<String> failures(HostFacts facts) {
    return DoctorReport.of(Requirements.judge(facts)).failures().stream().map(Check::name).toList();
  }

  private static HostFacts with(long uid, String kernel, long capabilities) {
    return new HostFacts(
        uid,
        kernel,
        GOOD.machine(),
        capabilities,
        WORKED,
        new HostFacts.Attempt.Failed("mount: unknown filesystem type 'overlay'."),
        WORKED,
        new HostFacts.GateAttempt.Refused("no output gate on v0"),
        new HostFacts.Cgroups("v2", ""),
        List.of("unshare"),
        List.of(),
        GOOD.javaFeature(),
        GOOD.memoryBytes(),
        1000,
        1024,
        new HostFacts.Criu.NotFetched());
  }

  @Test
  void aGoodHostIsOk() {
    DoctorReport report = DoctorReport.of(Requirements.judge(GOOD));
    assertThat(report.ok()).isTrue();
    assertThat(report.checks()).allMatch(Check::ok).allMatch(check -> check.advice().isEmpty());
  }

  @Test
  void whatIsMissingIsNamed() {
    List<String> failures = failures(with(1000, "5.4.0", 0));
    assertThat(failures)
        .contains("root", "kernel", "CAP_SYS_ADMIN", "CAP_CHECKPOINT_RESTORE", "overlay over /")
        .contains("output gate", "memory cgroup", "programs", "free disk", "open files")
        .doesNotContain("CAP_SYS_RESOURCE", "criu check", "processor", "free memory");
  }

  @Test
  void aDamagedToolIsToBeFetchedAgain() {
    HostFacts facts =
        new HostFacts(
            0,
            GOOD.kernel(),
            GOOD.machine(),
            GOOD.capabilities(),
            WORKED,
            WORKED,
            WORKED,
            GOOD.gate(),
            GOOD.cgroups(),
            List.of(),
            List.of(),
            GOOD.javaFeature(),
            GOOD.memoryBytes(),
            GOOD.diskBytes(),
            GOOD.openFiles(),
            new HostFacts.Criu.Damaged(Path.of("/c/bin/runc"), Path.of("/c"), "exit code 139"));
    assertThat(DoctorReport.of(Requirements.judge(facts)).failures())
        .singleElement()
        .satisfies(check -> assertThat(check.advice()).startsWith("remove /c: "));
  }

  @Test
  void optionalChecksDoNotSpoilTheReport() {
    HostFacts facts =
        new HostFacts(
            0,
            GOOD.kernel(),
            GOOD.machine(),
            GOOD.capabilities() & ~(1L << 24 | 1L << 23 | 1L << 14),
            WORKED,
            WORKED,
            WORKED,
            GOOD.gate(),
            GOOD.cgroups(),
            GOOD.missing(),
            GOOD.missingToFetch(),
            25,
            GOOD.memoryBytes(),
            GOOD.diskBytes(),
            20_000,
            new HostFacts.Criu.NotFetched());
    DoctorReport report = DoctorReport.of(Requirements.judge(facts));
    assertThat(report.ok()).isTrue();
    assertThat(report.table())
        .contains("note  CAP_SYS_RESOURCE")
        .contains("note  CAP_SYS_NICE")
        .contains("note  CAP_IPC_LOCK")
        .contains("more than 20000 open files");
  }

  @Test
  void theTableIsAligned() {
    DoctorReport report =
        DoctorReport.of(
            List.of(
                Check.required("root", true, "uid 0", "uid 0", "unused"),
                Check.required("a long name", false, "x", "y", "do this")));
    assertThat(report.table())
        .isEqualTo(
            """
                     requirement  found  needed
            ok       root         uid 0  uid 0
            MISSING  a long name  x      y
                     -> do this
            """);
  }

  @Test
  void kernelReleasesAreCompared() {
    assertThat(Requirements.kernelAtLeast("6.18.44-fc", 6, 6)).isTrue();
    assertThat(Requirements.kernelAtLeast("6.5.0", 6, 6)).isFalse();
    assertThat(Requirements.kernelAtLeast("7.0-rc1", 6, 6)).isTrue();
    assertThat(Requirements.kernelAtLeast("strange", 5, 6)).isFalse();
  }

  @Test
  void controlGroupsAreRead() throws IOException {
    List<String> hybrid =
        List.of(
            "cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0",
            "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0");
    assertThat(HostProbe.parseCgroups(hybrid, _ -> ""))
        .isEqualTo(new HostFacts.Cgroups("hybrid", "/sys/fs/cgroup/memory"));
    List<String> readOnly = List.of("cgroup2 /sys/fs/cgroup cgroup2 ro,nosuid 0 0");
    assertThat(HostProbe.parseCgroups(readOnly, _ -> "cpu memory pids\n"))
        .isEqualTo(new HostFacts.Cgroups("v2", ""));
    List<String> writable = List.of("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0");
    assertThat(HostProbe.parseCgroups(writable, _ -> "cpu memory pids\n").memoryAt())
        .isEqualTo("/sys/fs/cgroup");
  }

  @Test
  void procFilesAreRead() {
    assertThat(HostProbe.openFiles(List.of("Max open files   1024   20000   files")))
        .isEqualTo(20_000);
  }

  @Test
  void thisHostIsLookedAt() throws Exception {
    DoctorReport report = Doctor.run();
    assertThat(report.checks()).extracting(Check::name).contains("root", "overlay over /");
    Check java = report.checks().stream().filter(c -> c.name().equals("Java")).findFirst().get();
    assertThat(java.ok()).isTrue();
  }
}
