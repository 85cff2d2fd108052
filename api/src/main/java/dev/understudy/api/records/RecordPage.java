// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

import java.util.List;

/**
 * Answer to {@code GET /v1/records?after=CURSOR}.
 *
 * @param node whose records these are
 * @param next the cursor to ask with the next time
 * @param records in order
 */
public record RecordPage(String node, String next, List<NodeRecord> records) {
  /** Records of one page at most. */
  public static final int RECORDS_MOST = 500;

  /** How long an agent waits at most for something to tell, in milliseconds. */
  public static final long WAIT_MILLIS_MOST = 3_000;

  public RecordPage {
    records = List.copyOf(records);
  }
}
