// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Records in a database. What is added is there once, however often it is added, and the place up
 * to which a source is known changes with it or not at all. Methods may be called from any thread,
 * one at a time; each ends soon, since the drivers have time limits.
 */
public final class RecordStore implements AutoCloseable {
  private final Connection connection;

  RecordStore(Connection connection) {
    this.connection = connection;
  }

  /**
   * Connects, and brings the tables to this version.
   *
   * @throws StoreException when there is no such database, or it does not answer
   */
  public static RecordStore open(DatabaseAddress address) throws StoreException {
    return new RecordStore(Connections.migrated(address));
  }

  /** Up to where the records of that source are here. */
  public synchronized RecordCursor position(String source) throws StoreException {
    String sql = "SELECT position FROM understudy_cursors WHERE source = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, source);
      try (ResultSet rows = statement.executeQuery()) {
        RecordCursor found =
            rows.next() ? RecordCursor.parse(rows.getString(1)) : RecordCursor.START;
        connection.commit();
        return found;
      }
    } catch (SQLException e) {
      throw StoreException.of("cannot be read", e);
    }
  }

  /**
   * Adds records and the new place of their source, all of it or nothing.
   *
   * @return how many were new
   */
  public synchronized int add(String source, RecordCursor next, List<NodeRecord> records)
      throws StoreException {
    try {
      boolean done = false;
      try {
        int fresh = 0;
        for (NodeRecord one : records) {
          fresh += insert(one) ? 1 : 0;
        }
        place(source, next);
        connection.commit();
        done = true;
        return fresh;
      } finally {
        if (!done) {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw StoreException.of("cannot be written", e);
    }
  }

  private void place(String source, RecordCursor next) throws SQLException {
    String sql =
        "INSERT INTO understudy_cursors (source, position) VALUES (?, ?)"
            + " ON CONFLICT (source) DO UPDATE SET position = excluded.position";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, source);
      statement.setString(2, next.text());
      statement.executeUpdate();
    }
  }

  private boolean insert(NodeRecord one) throws SQLException {
    if (one.figures() instanceof Figures.Protection protection) {
      return protect(one, protection);
    }
    Optional<Long> id = insertHead(one);
    if (id.isEmpty()) {
      return false;
    }
    switch (one.figures()) {
      case Figures.Checkpoint checkpoint -> insertCheckpoint(id.get(), one, checkpoint);
      case Figures.Restore restore -> insertRestore(id.get(), restore);
      case Figures.Failover failover -> insertFailover(id.get(), failover);
      case Figures.Protection _ -> throw new IllegalStateException("is a change of a failover");
    }
    return true;
  }

  private Optional<Long> insertHead(NodeRecord one) throws SQLException {
    String sql =
        "INSERT INTO understudy_records (stream, sequence, node, incarnation, workload, kind,"
            + " began_millis, began_boot_nanos) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (node, stream, sequence) DO NOTHING RETURNING id";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, one.stream());
      statement.setLong(2, one.sequence());
      statement.setString(3, one.node());
      statement.setLong(4, one.incarnation());
      statement.setString(5, one.workload());
      statement.setString(6, kind(one.figures()));
      statement.setLong(7, one.wallMillis());
      statement.setLong(8, one.bootNanos());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
      }
    }
  }

  static String kind(Figures figures) {
    return switch (figures) {
      case Figures.Checkpoint _ -> "checkpoint";
      case Figures.Restore _ -> "restore";
      case Figures.Failover _ -> "failover";
      case Figures.Protection _ -> "protection";
    };
  }

  private void insertCheckpoint(long id, NodeRecord one, Figures.Checkpoint c) throws SQLException {
    insert(
        "understudy_checkpoints",
        RecordQuery.CHECKPOINT_COLUMNS,
        id,
        List.of(c.generation(), c.standby(), c.failure(), c.pod(), c.application()),
        c.captureNanos(),
        c.composeBeginMillis(),
        c.composeNanos(),
        c.shipBeginMillis(),
        c.shipNanos(),
        c.pauseNanos(),
        c.imageBytes(),
        c.sentBytes(),
        c.reusedBytes());
    if (c.captured()) {
      String sql = sql("ckp_metrics", CkpMetrics.COLUMNS);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, id);
        int last = numbers(statement, 1, CkpMetrics.numbers(one, c));
        statement.setString(last + 1, c.pod());
        statement.setString(last + 2, c.application());
        statement.setString(last + 3, one.node());
        statement.executeUpdate();
      }
    }
  }

  private void insertRestore(long id, Figures.Restore r) throws SQLException {
    long[] criu = r.criu().figures();
    insert(
        "understudy_restores",
        RecordQuery.RESTORE_COLUMNS,
        id,
        List.of(r.generation(), r.failure()),
        r.holdNanos(),
        r.processes(),
        r.imageBytes(),
        criu[0],
        criu[1],
        criu[2],
        criu[3],
        criu[4]);
  }

  private void insertFailover(long id, Figures.Failover f) throws SQLException {
    insert(
        "understudy_failovers",
        RecordQuery.FAILOVER_COLUMNS,
        id,
        List.of(
            f.epoch(),
            f.generation(),
            f.former(),
            f.cause().name().toLowerCase(Locale.ROOT),
            f.failure()),
        f.votes(),
        f.silentNanos(),
        f.suspectedNanos(),
        f.runningNanos(),
        f.addressNanos(),
        f.stateAgeNanos());
  }

  private boolean protect(NodeRecord one, Figures.Protection protection) throws SQLException {
    String sql =
        "UPDATE understudy_failovers SET protected_by = ?, protected_nanos = ? WHERE epoch = ?"
            + " AND id IN (SELECT id FROM understudy_records"
            + " WHERE node = ? AND stream = ? AND workload = ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, protection.standby());
      number(statement, 2, protection.protectedNanos());
      statement.setString(3, protection.epoch());
      statement.setString(4, one.node());
      statement.setString(5, one.stream());
      statement.setString(6, one.workload());
      return statement.executeUpdate() > 0;
    }
  }

  private void insert(
      String table, List<String> columns, long id, List<String> words, long... numbers)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql(table, columns))) {
      statement.setLong(1, id);
      int last = 1;
      for (String word : words) {
        statement.setString(++last, word);
      }
      numbers(statement, last, numbers);
      statement.executeUpdate();
    }
  }

  private static String sql(String table, List<String> columns) {
    String marks =
        Stream.generate(() -> "?").limit(columns.size()).collect(Collectors.joining(", "));
    return "INSERT INTO %s (%s) VALUES (%s)".formatted(table, String.join(", ", columns), marks);
  }

  /** Returns the index of the last one. */
  private static int numbers(PreparedStatement statement, int after, long[] numbers)
      throws SQLException {
    int index = after;
    for (long number : numbers) {
      number(statement, ++index, number);
    }
    return index;
  }

  private static void number(PreparedStatement statement, int index, long number)
      throws SQLException {
    if (number < 0) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, number);
    }
  }

  /**
   * The newest records, newest first.
   *
   * @param workload of this workload alone; of all when empty
   */
  public synchronized List<StoredRecord> newest(Optional<String> workload, int most)
      throws StoreException {
    String sql = RecordQuery.newest(workload.isPresent());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = 0;
      if (workload.isPresent()) {
        statement.setString(++index, workload.get());
      }
      statement.setInt(++index, most);
      List<StoredRecord> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(RecordQuery.read(rows));
        }
      }
      connection.commit();
      return found;
    } catch (SQLException e) {
      throw StoreException.of("cannot be read", e);
    }
  }

  @Override
  public synchronized void close() throws StoreException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw StoreException.of("cannot be closed", e);
    }
  }
}
