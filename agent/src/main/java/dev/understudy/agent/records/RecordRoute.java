// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import dev.understudy.agent.control.ControlServer;
import dev.understudy.agent.control.Refused;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;

/** {@code GET /v1/records?after=CURSOR&wait_ms=N}: the records behind a place, or soon after it. */
public final class RecordRoute implements ControlServer.Pages {
  /** Its path. */
  public static final String PATH = "/v1/records";

  private final RecordJournal journal;

  public RecordRoute(RecordJournal journal) {
    this.journal = journal;
  }

  @Override
  public RecordPage read(String after, long waitMillis) throws Refused {
    long wait = Math.min(waitMillis, RecordPage.WAIT_MILLIS_MOST);
    try {
      return journal.after(RecordCursor.parse(after), RecordPage.RECORDS_MOST, wait);
    } catch (IllegalArgumentException e) {
      throw Refused.badRequest(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Refused.failed("the records cannot be read: " + e.getMessage());
    }
  }
}
