// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.runtime.Image;
import dev.understudy.agent.runtime.ImageArchive;
import dev.understudy.agent.runtime.Program;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a workload finds before it changes anything, and what is to be started there.
 *
 * @param lower the unchanged tree
 * @param identity {@code host} or the image's digest
 * @param program the cluster file's words over the image's own
 */
record Root(Path lower, String identity, Program program) {

  static Root of(WorkloadSpec workload, Path images) throws IOException {
    if (workload.root() == WorkloadSpec.Root.HOST) {
      Program program =
          new Program(
              workload.command(), workload.environment(), workload.workingDirectory(), 0, 0);
      return new Root(Path.of("/"), "host", program);
    }
    Path archive =
        workload
            .image()
            .orElseThrow(() -> new IOException(workload.name() + " has no image archive"));
    Image image = ImageArchive.unpack(archive, images);
    return new Root(image.root(), image.digest(), program(workload, image));
  }

  private static Program program(WorkloadSpec workload, Image image) throws IOException {
    List<String> argv = workload.command().isEmpty() ? image.command() : workload.command();
    if (argv.isEmpty()) {
      throw new IOException(
          workload.name() + " has no command, and its image does not name one either");
    }
    SortedMap<String, String> merged = new TreeMap<>(image.environment());
    merged.putAll(workload.environment());
    String directory =
        workload.workingDirectory().equals("/")
            ? image.workingDirectory()
            : workload.workingDirectory();
    return new Program(argv, merged, directory, image.uid(), image.gid());
  }
}
