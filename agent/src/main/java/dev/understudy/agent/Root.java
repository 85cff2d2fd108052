// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.runtime.Image;
import dev.understudy.agent.runtime.ImageArchive;
import dev.understudy.agent.runtime.Program;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Path;

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
      return new Root(Path.of("/"), "host", Program.onHost(workload));
    }
    Path archive =
        workload
            .image()
            .orElseThrow(() -> new IOException(workload.name() + " has no image archive"));
    Image image = ImageArchive.unpack(archive, images);
    return new Root(image.root(), image.digest(), Program.inImage(workload, image));
  }
}
