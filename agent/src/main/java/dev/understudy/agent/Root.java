// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.runtime.ImageArchive;
import dev.understudy.agent.runtime.Program;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a workload finds as its root file system, before it changes anything.
 *
 * @param lower the unchanged tree
 * @param identity {@code host} or the image's digest
 * @param command what the image would run; empty for the host's root
 * @param environment what the image sets
 */
record Root(
    Path lower, String identity, List<String> command, SortedMap<String, String> environment) {

  static Root of(WorkloadSpec workload, Path images) throws IOException {
    if (workload.root() == WorkloadSpec.Root.HOST) {
      return new Root(Path.of("/"), "host", List.of(), new TreeMap<>());
    }
    Path archive =
        workload
            .image()
            .orElseThrow(() -> new IOException(workload.name() + " has no image archive"));
    ImageArchive.Unpacked image = ImageArchive.unpack(archive, images);
    return new Root(image.root(), image.digest(), image.command(), image.environment());
  }

  /** The workload's command in this root; the cluster file's words win over the image's. */
  Program program(WorkloadSpec workload) throws IOException {
    List<String> argv = workload.command().isEmpty() ? command : workload.command();
    if (argv.isEmpty()) {
      throw new IOException(
          workload.name() + " has no command, and its image does not name one either");
    }
    SortedMap<String, String> merged = new TreeMap<>(environment);
    merged.putAll(workload.environment());
    return new Program(argv, merged, workload.workingDirectory(), 0, 0);
  }
}
