// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lab.cluster.CgroupMounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Hosts as they are, by their mountinfo. */
class NodeCgroupsTest {
  @Test
  void hybridHostHasItsControllersInVersionOne() {
    String text =
        """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        50 31 0:32 /x /mnt rw,relatime - cgroup cgroup rw,memory
        """;
    assertThat(NodeCgroups.of(CgroupMounts.parse(text)))
        .isEqualTo(
            new NodeCgroups(
                List.of(
                    Path.of("/sys/fs/cgroup/cpu"),
                    Path.of("/sys/fs/cgroup/memory"),
                    Path.of("/sys/fs/cgroup/systemd")),
                Optional.empty()));
  }

  @Test
  void unifiedHostHasOneHierarchy() {
    String text =
        "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    assertThat(NodeCgroups.of(CgroupMounts.parse(text)))
        .isEqualTo(new NodeCgroups(List.of(), Optional.of(Path.of("/sys/fs/cgroup"))));
  }
}
