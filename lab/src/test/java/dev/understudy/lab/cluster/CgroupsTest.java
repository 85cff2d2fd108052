// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupsTest {
  @Test
  void hybridHostHasBothHierarchies() {
    String text =
        """
        28 24 0:25 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        29 28 0:26 / /sys/fs/cgroup/cpu rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct
        30 28 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        31 28 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;
    assertThat(Cgroups.of(CgroupMounts.parse(text)))
        .isEqualTo(
            new Cgroups(
                Optional.of(Path.of("/sys/fs/cgroup/unified")),
                Optional.of(Path.of("/sys/fs/cgroup/memory"))));
  }

  @Test
  void unifiedHostHasOne() {
    String text =
        "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    assertThat(Cgroups.of(CgroupMounts.parse(text)))
        .isEqualTo(new Cgroups(Optional.of(Path.of("/sys/fs/cgroup")), Optional.empty()));
  }

  @Test
  void bindsOfPartsOfAHierarchyAreNotIt() {
    String text = "35 24 0:30 /x /mnt rw - cgroup2 cgroup2 rw\n";
    assertThat(Cgroups.of(CgroupMounts.parse(text)))
        .isEqualTo(new Cgroups(Optional.empty(), Optional.empty()));
  }

  @Test
  void versionIsSaidInWords() {
    String former = "30 28 0:27 / /c/memory rw - cgroup cgroup rw,memory\n";
    String unified = "31 28 0:28 / /c/unified rw - cgroup2 cgroup2 rw\n";
    assertThat(CgroupMounts.parse(former + unified).version()).isEqualTo("hybrid");
    assertThat(CgroupMounts.parse(former).version()).isEqualTo("v1");
    assertThat(CgroupMounts.parse(unified).version()).isEqualTo("v2");
    assertThat(CgroupMounts.parse("").version()).isEqualTo("not mounted");
  }

  @Test
  void trialIsMadeAndLeavesNothing() throws LabException {
    LabFixture.needRoot();
    Cgroups.tryHere();
    assertThat(Cgroups.ofHost().has("trial-" + ProcessHandle.current().pid())).isFalse();
  }
}
