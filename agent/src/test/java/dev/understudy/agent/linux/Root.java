// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** What tests that make namespaces need. */
public final class Root {
  private Root() {}

  /** Skips the test, with the reason, where namespaces cannot be made. */
  public static void assumed() throws IOException {
    long own = ProcessFacts.self().capabilities();
    assumeTrue(
        Capability.CAP_SYS_ADMIN.in(own) && Capability.CAP_NET_ADMIN.in(own),
        "needs CAP_SYS_ADMIN and CAP_NET_ADMIN to make network namespaces");
  }
}
