// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What both databases must do. */
abstract class RecordStoreContract {
  /** The database of this test; the same one for all of its stores. */
  abstract DatabaseAddress address() throws Exception;

  @Test
  void whatWasAddedIsReadBackAsItWas() throws Exception {
    List<NodeRecord> records =
        List.of(
            Samples.checkpoint(1),
            Samples.record(2, Samples.restore()),
            Samples.record(3, Samples.failover("4@b")),
            Samples.record(4, Samples.failover("5@b")),
            Samples.record(5, new Figures.Protection("4@b", "c", 99)));
    try (RecordStore store = RecordStore.open(address())) {
      assertThat(store.add("lab/a", records.getLast().cursor(), records)).isEqualTo(5);
      List<StoredRecord> found = store.newest(Optional.empty(), 10);
      assertThat(found.reversed().stream().map(StoredRecord::record))
          .containsExactlyElementsOf(records.subList(0, 4));
      assertThat(found.reversed().stream().map(StoredRecord::protection))
          .containsExactly(null, null, new Figures.Protection("4@b", "c", 99), null);
      assertThat(store.newest(Optional.of("count"), 1)).containsExactly(found.getFirst());
      assertThat(store.newest(Optional.of("other"), 1)).isEmpty();
    }
  }

  @Test
  void aRowOfCkpMetricsHasAllFigures() throws Exception {
    NodeRecord record = Samples.checkpoint(1);
    try (RecordStore store = RecordStore.open(address())) {
      store.add("lab/a", record.cursor(), List.of(record));
    }
    assertThat(row("SELECT " + String.join(", ", CkpMetrics.COLUMNS) + " FROM ckp_metrics"))
        .containsExactly(
            "1",
            "1795000000001",
            "12",
            "1795000000101",
            "3",
            "1795000000202",
            "46",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "8",
            "9",
            "10",
            "11",
            "12",
            "13",
            "14",
            "count-1",
            "counter",
            "a");
    assertThat(row("SELECT * FROM ckp_metrics")).hasSize(24);
  }

  @Test
  void whatIsAddedTwiceIsThereOnce() throws Exception {
    List<NodeRecord> records = List.of(Samples.checkpoint(1), Samples.checkpoint(2));
    try (RecordStore store = RecordStore.open(address())) {
      assertThat(store.position("lab/a")).isEqualTo(RecordCursor.START);
      assertThat(store.add("lab/a", records.getFirst().cursor(), records)).isEqualTo(2);
    }
    try (RecordStore store = RecordStore.open(address())) {
      assertThat(store.position("lab/a")).isEqualTo(records.getFirst().cursor());
      assertThat(store.add("lab/a", records.getLast().cursor(), records)).isZero();
      assertThat(store.position("lab/a")).isEqualTo(records.getLast().cursor());
      assertThat(store.newest(Optional.empty(), 10)).hasSize(2);
    }
  }

  @Test
  void aFailedCheckpointIsNoRowOfCkpMetrics() throws Exception {
    Figures failed =
        new Figures.Checkpoint(
            "3@a/1",
            "b",
            "CRIU says: \"it's no good\"",
            "count",
            "count",
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            dev.understudy.api.records.CriuDump.UNKNOWN);
    NodeRecord record = Samples.record(1, failed);
    try (RecordStore store = RecordStore.open(address())) {
      store.add("lab/a", record.cursor(), List.of(record));
      assertThat(store.newest(Optional.empty(), 10).getFirst().record()).isEqualTo(record);
    }
    assertThat(row("SELECT count(*) FROM ckp_metrics")).containsExactly("0");
    assertThat(row("SELECT count(*) FROM understudy_checkpoints WHERE pause_nanos IS NULL"))
        .containsExactly("1");
  }

  /** The first row of an answer, as text. */
  final List<String> row(String sql) throws Exception {
    try (Connection connection = Connections.migrated(address());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        values.add(String.valueOf(rows.getString(i)));
      }
      return values;
    }
  }
}
