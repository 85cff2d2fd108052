// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.console.DatabaseAddress;
import dev.understudy.console.RecordStore;
import dev.understudy.console.StoredRecord;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code understudy records}. */
@Command(
    name = "records",
    description = "Show the newest figures that \"understudy console\" has collected.")
final class RecordsCommand implements Callable<Integer> {
  private static final int LIMIT_MOST = 10_000;

  @Mixin DatabaseChoice database = new DatabaseChoice();

  @Option(names = "--workload", paramLabel = "NAME", description = "Of this workload alone.")
  @Nullable String workload;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "So many at most (default: 20).")
  int limit;

  @Option(names = "--json", description = "Print one JSON document: an array.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (limit < 1 || limit > LIMIT_MOST) {
      throw wrong("--limit must be from 1 to " + LIMIT_MOST + ", not " + limit + ".");
    }
    DatabaseAddress address = database.address();
    if (address instanceof DatabaseAddress.Off) {
      throw wrong("The database is off: there are no records to show.");
    }
    if (address instanceof DatabaseAddress.Sqlite(var file) && !Files.exists(file)) {
      throw wrong("There is no " + file + ": collect records with \"understudy console\" first.");
    }
    List<StoredRecord> found;
    try (RecordStore store = RecordStore.open(address)) {
      found = store.newest(Optional.ofNullable(workload), limit);
    }
    Terminal terminal = Terminal.of(spec);
    if (json) {
      terminal.json(found);
      return 0;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "BEGAN", "NODE", "WORKLOAD", "KIND", "FIGURES"));
    for (StoredRecord one : found) {
      rows.add(row(one));
    }
    terminal.table(rows);
    return 0;
  }

  private static List<String> row(StoredRecord one) {
    NodeRecord record = one.record();
    Instant began = Instant.ofEpochMilli(record.wallMillis()).truncatedTo(ChronoUnit.MILLIS);
    return List.of(
        Long.toString(one.id()),
        began.toString(),
        record.node(),
        record.workload(),
        kind(record.figures()),
        text(one));
  }

  private static String kind(Figures figures) {
    return switch (figures) {
      case Figures.Checkpoint _ -> "checkpoint";
      case Figures.Restore _ -> "restore";
      case Figures.Failover _ -> "failover";
      case Figures.Protection _ -> "protection";
    };
  }

  private static String text(StoredRecord one) {
    return switch (one.record().figures()) {
      case Figures.Checkpoint c ->
          "%s to %s: pause %s, capture %s, ship %s, %s bytes%s"
              .formatted(
                  c.generation(),
                  c.standby(),
                  millis(c.pauseNanos()),
                  millis(c.captureNanos()),
                  millis(c.shipNanos()),
                  c.imageBytes() < 0 ? "?" : Long.toString(c.imageBytes()),
                  failure(c.failure()));
      case Figures.Restore r ->
          "%s: held after %s, %d processes%s"
              .formatted(
                  r.generation(), millis(r.holdNanos()), r.processes(), failure(r.failure()));
      case Figures.Failover f ->
          "%s from %s, %s: running %s, address %s, state age %s, protected %s%s"
              .formatted(
                  f.epoch(),
                  f.former().isEmpty() ? "?" : f.former(),
                  f.cause().name().toLowerCase(Locale.ROOT),
                  millis(f.runningNanos()),
                  millis(f.addressNanos()),
                  millis(f.stateAgeNanos()),
                  protection(one),
                  failure(f.failure()));
      case Figures.Protection p -> p.epoch() + " by " + p.standby();
    };
  }

  private static String protection(StoredRecord one) {
    Figures.Protection protection = one.protection();
    return protection == null ? "not yet" : millis(protection.protectedNanos());
  }

  private static String millis(long nanos) {
    return nanos < 0 ? "?" : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }

  private static String failure(String why) {
    return why.isEmpty() ? "" : "; failed: " + why;
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
