// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import dev.understudy.agent.control.ControlServer;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /v1/records?after=CURSOR&wait_ms=N}: the records behind a place, or soon after it. */
public final class RecordRoute implements ControlServer.Resource {
  /** Its path. */
  public static final String PATH = "/v1/records";

  private static final Pattern QUERY =
      Pattern.compile("after=([0-9a-f-]{0,60})(?:&wait_ms=([0-9]{1,5}))?");

  private final RecordJournal journal;

  public RecordRoute(RecordJournal journal) {
    this.journal = journal;
  }

  @Override
  public RecordPage read(String query) throws ControlServer.Refused {
    Matcher parts = QUERY.matcher(query);
    if (!parts.matches()) {
      throw new ControlServer.Refused(
          ControlServer.BAD_REQUEST, "the query must be after=CURSOR&wait_ms=N");
    }
    String wait = parts.group(2);
    long waitMillis =
        wait == null ? 0 : Math.min(Long.parseLong(wait), RecordPage.WAIT_MILLIS_MOST);
    try {
      RecordCursor cursor = RecordCursor.parse(parts.group(1));
      return journal.after(cursor, RecordPage.RECORDS_MOST, waitMillis);
    } catch (IllegalArgumentException e) {
      throw new ControlServer.Refused(ControlServer.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ControlServer.Refused(
          ControlServer.FAILED, "the records cannot be read: " + e.getMessage());
    }
  }
}
