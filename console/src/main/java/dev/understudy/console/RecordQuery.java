// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns of the tables, and records read back from them. */
final class RecordQuery {
  static final List<String> CHECKPOINT_COLUMNS =
      List.of(
          "id",
          "generation",
          "standby",
          "failure",
          "pod",
          "application",
          "capture_nanos",
          "compose_begin_millis",
          "compose_nanos",
          "ship_begin_millis",
          "ship_nanos",
          "pause_nanos",
          "image_bytes",
          "sent_bytes",
          "reused_bytes");

  static final List<String> RESTORE_COLUMNS =
      List.of(
          "id",
          "generation",
          "failure",
          "hold_nanos",
          "processes",
          "image_bytes",
          "pages_compared",
          "pages_skipped_cow",
          "forking_time",
          "restore_time",
          "pages_restored");

  static final List<String> FAILOVER_COLUMNS =
      List.of(
          "id",
          "epoch",
          "generation",
          "former",
          "cause",
          "failure",
          "votes",
          "silent_nanos",
          "suspected_nanos",
          "running_nanos",
          "address_nanos",
          "state_age_nanos");

  private static final List<String> PROTECTION_COLUMNS = List.of("protected_by", "protected_nanos");
  private static final int FIRST_OF_CRIU = CkpMetrics.COLUMNS.indexOf("freezing_time");
  private static final List<String> RESTORE_CRIU =
      RESTORE_COLUMNS.subList(RESTORE_COLUMNS.indexOf("pages_compared"), RESTORE_COLUMNS.size());

  private RecordQuery() {}

  /** The statement for the newest records; its parameters are the workload, if any, and a limit. */
  static String newest(boolean ofOneWorkload) {
    return "SELECT r.*, "
        + aliases("c", CHECKPOINT_COLUMNS)
        + ", "
        + aliases("m", CkpMetrics.COLUMNS)
        + ", "
        + aliases("h", RESTORE_COLUMNS)
        + ", "
        + aliases("f", FAILOVER_COLUMNS)
        + ", "
        + aliases("f", PROTECTION_COLUMNS)
        + " FROM understudy_records r"
        + " LEFT JOIN understudy_checkpoints c ON c.id = r.id"
        + " LEFT JOIN ckp_metrics m ON m.id = r.id"
        + " LEFT JOIN understudy_restores h ON h.id = r.id"
        + " LEFT JOIN understudy_failovers f ON f.id = r.id"
        + (ofOneWorkload ? " WHERE r.workload = ?" : "")
        + " ORDER BY r.began_millis DESC, r.id DESC LIMIT ?";
  }

  private static String aliases(String table, List<String> columns) {
    return columns.stream()
        .map(column -> table + "." + column + " AS " + table + "_" + column)
        .collect(Collectors.joining(", "));
  }

  /** The row on which the result stands. */
  static StoredRecord read(ResultSet row) throws SQLException {
    String kind = row.getString("kind");
    Figures figures =
        switch (kind) {
          case "checkpoint" -> checkpoint(row);
          case "restore" -> restore(row);
          case "failover" -> failover(row);
          default -> throw new SQLException("a record of kind " + kind + " is not known here");
        };
    NodeRecord record =
        new NodeRecord(
            row.getString("stream"),
            row.getLong("sequence"),
            row.getString("node"),
            row.getLong("incarnation"),
            row.getString("workload"),
            row.getLong("began_millis"),
            row.getLong("began_boot_nanos"),
            figures);
    return new StoredRecord(row.getLong("id"), record, protection(row));
  }

  private static Figures.Checkpoint checkpoint(ResultSet row) throws SQLException {
    long[] criu = new long[CriuDump.COUNT];
    for (int i = 0; i < criu.length; i++) {
      criu[i] = number(row, "m_" + CkpMetrics.COLUMNS.get(FIRST_OF_CRIU + i));
    }
    return new Figures.Checkpoint(
        row.getString("c_generation"),
        row.getString("c_standby"),
        row.getString("c_failure"),
        row.getString("c_pod"),
        row.getString("c_application"),
        number(row, "c_capture_nanos"),
        number(row, "c_compose_begin_millis"),
        number(row, "c_compose_nanos"),
        number(row, "c_ship_begin_millis"),
        number(row, "c_ship_nanos"),
        number(row, "c_pause_nanos"),
        number(row, "c_image_bytes"),
        number(row, "c_sent_bytes"),
        number(row, "c_reused_bytes"),
        CriuDump.of(criu));
  }

  private static Figures.Restore restore(ResultSet row) throws SQLException {
    long[] criu = new long[CriuRestore.COUNT];
    for (int i = 0; i < criu.length; i++) {
      criu[i] = number(row, "h_" + RESTORE_CRIU.get(i));
    }
    return new Figures.Restore(
        row.getString("h_generation"),
        row.getString("h_failure"),
        number(row, "h_hold_nanos"),
        (int) number(row, "h_processes"),
        number(row, "h_image_bytes"),
        CriuRestore.of(criu));
  }

  private static Figures.Failover failover(ResultSet row) throws SQLException {
    return new Figures.Failover(
        row.getString("f_epoch"),
        row.getString("f_generation"),
        row.getString("f_former"),
        Figures.Cause.valueOf(row.getString("f_cause").toUpperCase(Locale.ROOT)),
        row.getString("f_failure"),
        (int) number(row, "f_votes"),
        number(row, "f_silent_nanos"),
        number(row, "f_suspected_nanos"),
        number(row, "f_running_nanos"),
        number(row, "f_address_nanos"),
        number(row, "f_state_age_nanos"));
  }

  private static Figures.@Nullable Protection protection(ResultSet row) throws SQLException {
    String by = row.getString("f_protected_by");
    return by == null
        ? null
        : new Figures.Protection(row.getString("f_epoch"), by, number(row, "f_protected_nanos"));
  }

  private static long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? -1 : value;
  }
}
