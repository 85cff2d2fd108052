// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import java.io.IOException;
import java.util.List;

/** The agents whose records are collected, reached by their control API. */
public interface Agents {
  /** No page of an agent is longer, in bytes. */
  int PAGE_BYTES_MOST = 8 << 20;

  /** The names of their nodes. */
  List<String> nodes();

  /**
   * Asks for the records behind a place, as {@code GET /v1/records}. Returns when there are some,
   * or after some seconds without; called by one thread for each node.
   *
   * @param cursor as the agent named it; empty for the start
   * @return the body of the answer
   */
  byte[] records(String node, String cursor) throws IOException;
}
