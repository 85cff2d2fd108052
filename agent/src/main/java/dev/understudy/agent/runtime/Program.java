// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to start.
 *
 * @param command program and arguments
 * @param environment complete: nothing is inherited
 * @param workingDirectory absolute, inside the root
 * @param uid user ID inside
 * @param gid group ID inside
 */
public record Program(
    List<String> command,
    SortedMap<String, String> environment,
    String workingDirectory,
    int uid,
    int gid) {
  public Program {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command");
    }
  }

  /** What to start for a workload on the machine's own root file system. */
  public static Program onHost(WorkloadSpec spec) {
    return new Program(spec.command(), spec.environment(), spec.workingDirectory(), 0, 0);
  }

  /**
   * What to start for a workload in an image: the workload's own words win over the image's.
   *
   * @throws IOException with one sentence when neither names a command
   */
  public static Program inImage(WorkloadSpec spec, Image image) throws IOException {
    if (spec.command().isEmpty() && image.command().isEmpty()) {
      throw new IOException(
          spec.name() + " has no command, and its image does not name one either");
    }
    TreeMap<String, String> environment = new TreeMap<>(image.environment());
    environment.putAll(spec.environment());
    boolean unsaid = spec.workingDirectory().equals("/");
    return new Program(
        spec.command().isEmpty() ? image.command() : spec.command(),
        environment,
        unsaid ? image.workingDirectory() : spec.workingDirectory(),
        image.uid(),
        image.gid());
  }
}
