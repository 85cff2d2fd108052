// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where this node's cgroups lie.
 *
 * @param unified where cgroup v2 is mounted, /sys/fs/cgroup
 * @param memoryV1 where the v1 memory hierarchy is mounted, on machines that have one
 * @param group the node's own group below each of them, for example {@code understudy/lab/a}
 */
public record CgroupPlaces(Path unified, Optional<Path> memoryV1, String group) {
  public CgroupPlaces {
    if (group.isEmpty() || group.startsWith("/") || group.contains("..")) {
      throw new IllegalArgumentException("not a relative cgroup path: " + group);
    }
  }
}
