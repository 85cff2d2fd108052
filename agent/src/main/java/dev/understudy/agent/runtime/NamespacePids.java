// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a process is called in each PID namespace, from the agent's down to its own (proc(5)). */
final class NamespacePids {
  private static final String FIELD = "NSpid:";

  private NamespacePids() {}

  static int[] of(int pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(FIELD)) {
        String[] words = line.substring(FIELD.length()).strip().split("\\s+", -1);
        return Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
      }
    }
    throw new IOException("process " + pid + " has ended");
  }
}
