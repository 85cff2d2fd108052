// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.Path;

/**
 * Where one node keeps what belongs to its sandboxes.
 *
 * @param run on a tmpfs, lost with the node: sandboxes in {@code w}, generations in {@code g},
 *     those put aside in {@code aside}
 * @param state on disk: logs in {@code logs}, unpacked images in {@code images}
 * @param bridge the node's uplink, which the outer ends of the veth pairs join
 * @param cgroups where the cgroups lie
 * @param tools CRIU and runc
 */
public record SandboxPlaces(
    Path run, Path state, String bridge, CgroupPlaces cgroups, ToolPaths tools) {
  /** The directory of one sandbox. */
  public Path sandbox(String workload) {
    return run.resolve("w").resolve(workload);
  }

  /** The directory of one workload's generations. */
  public Path generations(String workload) {
    return run.resolve("g").resolve(workload);
  }

  /** Where generations of one workload are kept that nothing uses, for people. */
  public Path aside(String workload) {
    return run.resolve("aside").resolve(workload);
  }

  /** The log of one workload. */
  public Path log(String workload) {
    return state.resolve("logs").resolve(workload + ".log");
  }
}
