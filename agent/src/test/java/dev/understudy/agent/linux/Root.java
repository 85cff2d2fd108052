// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests that make namespaces need. */
public final class Root {
  private Root() {}

  /** Skips the test, with the reason, where namespaces cannot be made. */
  public static void assumed() throws IOException {
    long capabilities =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0);
    long admin = 1L << 21 | 1L << 12;
    assumeTrue(
        (capabilities & admin) == admin,
        "needs CAP_SYS_ADMIN and CAP_NET_ADMIN to make network namespaces");
  }
}
