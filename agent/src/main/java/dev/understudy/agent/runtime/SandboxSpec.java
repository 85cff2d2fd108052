// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.Path;

/**
 * What a sandbox must know about its workload.
 *
 * @param workload its name: lower-case letters, digits and hyphens
 * @param lower the unchanged root file system: / or an unpacked image
 * @param rootIdentity {@code host} or the image's digest; copies move only between equal ones
 * @param address virtual IPv4 address, host order
 * @param prefix length of the cluster network's prefix
 * @param memoryLimitBytes for one copy
 */
public record SandboxSpec(
    String workload,
    Path lower,
    String rootIdentity,
    int address,
    int prefix,
    long memoryLimitBytes) {
  /** What two copies need besides their own memory: CRIU itself, and the kernel's share. */
  private static final long SLACK_BYTES = 64L << 20;

  public SandboxSpec {
    if (!workload.matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")) {
      throw new IllegalArgumentException("not a workload name: " + workload);
    }
    if (memoryLimitBytes <= 0) {
      throw new IllegalArgumentException("no memory limit: " + memoryLimitBytes);
    }
  }

  /** A copy's limit while runc or CRIU brings it to life within it. */
  public long beginningLimitBytes() {
    return memoryLimitBytes + SLACK_BYTES;
  }

  /** The sandbox's limit: a standby holds two copies while it exchanges them. */
  public long sandboxLimitBytes() {
    return 2 * memoryLimitBytes + SLACK_BYTES;
  }

  /** Most that a generation may hold: memory, changed files, and CRIU's small images. */
  public long generationLimitBytes() {
    return 2 * memoryLimitBytes + SLACK_BYTES;
  }
}
