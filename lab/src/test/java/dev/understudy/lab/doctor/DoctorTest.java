// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
  /** A host that has everything, of which a test takes something away. */
  private static final class Host {
    private final HostFacts.Attempt worked = new HostFacts.Attempt.Worked();
    private long uid;
    private String kernel = "6.12.9-amd64";
    private long capabilities = (1L << 41) - 1;
    private HostFacts.Attempt overlay = worked;
    private HostFacts.GateAttempt gate = new HostFacts.GateAttempt.Attached("eBPF");
    private HostFacts.Cgroups cgroups = new HostFacts.Cgroups("v2", worked);
    private List<String> missing = List.of();
    private long diskBytes = 4_000_000_000L;
    private long openFiles = 1_048_576;
    private HostFacts.Criu criu = new HostFacts.Criu.Fetched("4.2.1", "");

    DoctorReport report() {
      return DoctorReport.of(
          Requirements.judge(
              new HostFacts(
                  uid,
                  kernel,
                  "amd64",
                  capabilities,
                  worked,
                  overlay,
                  worked,
                  gate,
                  cgroups,
                  missing,
                  List.of(),
                  25,
                  4_000_000_000L,
                  diskBytes,
                  openFiles,
                  criu)));
    }
  }

  private final Host host = new Host();

  @Test
  void aGoodHostIsOk() {
    DoctorReport report = host.report();
    assertThat(report.ok()).isTrue();
    assertThat(report.checks()).allMatch(Check::ok).allMatch(check -> check.advice().isEmpty());
  }

  @Test
  void whatIsMissingIsNamed() {
    host.uid = 1000;
    host.kernel = "5.4.0";
    host.capabilities = 0;
    host.overlay = new HostFacts.Attempt.Failed("mount: unknown filesystem type 'overlay'.");
    host.gate = new HostFacts.GateAttempt.Refused("no output gate on v0");
    host.cgroups = new HostFacts.Cgroups("v2", new HostFacts.Attempt.Failed("has processes"));
    host.missing = List.of("unshare");
    host.diskBytes = 1000;
    host.openFiles = 1024;
    host.criu = new HostFacts.Criu.NotFetched();
    assertThat(host.report().failures().stream().map(Check::name))
        .contains("root", "kernel", "CAP_SYS_ADMIN", "CAP_CHECKPOINT_RESTORE", "overlay over /")
        .contains("output gate", "memory cgroup", "programs", "free disk", "open files")
        .doesNotContain("CAP_SYS_RESOURCE", "criu check", "processor", "free memory");
    assertThat(host.report().table()).contains("v2: has processes");
  }

  @Test
  void aDamagedToolIsToBeFetchedAgain() {
    host.criu = new HostFacts.Criu.Damaged(Path.of("/c/bin/runc"), Path.of("/c"), "exit code 139");
    assertThat(host.report().failures())
        .singleElement()
        .satisfies(check -> assertThat(check.advice()).startsWith("remove /c: "));
  }

  @Test
  void optionalChecksDoNotSpoilTheReport() {
    host.capabilities &= ~(1L << 24 | 1L << 23 | 1L << 14);
    host.openFiles = 20_000;
    host.criu = new HostFacts.Criu.NotFetched();
    assertThat(host.report().ok()).isTrue();
    assertThat(host.report().table())
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
  void thisHostIsLookedAt() throws Exception {
    DoctorReport report = Doctor.run();
    assertThat(report.checks()).extracting(Check::name).contains("root", "overlay over /");
    Check java = report.checks().stream().filter(c -> c.name().equals("Java")).findFirst().get();
    assertThat(java.ok()).isTrue();
  }
}
