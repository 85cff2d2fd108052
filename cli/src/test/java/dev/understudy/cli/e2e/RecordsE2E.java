// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.api.control.Json;
import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.console.DatabaseAddress;
import dev.understudy.console.RecordStore;
import dev.understudy.console.StoredRecord;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a real checkpoint, restore and failover reach the database. */
class RecordsE2E {
  private static final double PATIENCE_SECONDS = 60;
  private static final String LAB = "e2e-records";

  @TempDir Path folder = Path.of("");

  private Process command(String output, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(Host.ROOT.resolve("understudy").toString());
    builder.command().addAll(List.of(arguments));
    builder.command().addAll(List.of("--database", database().toString()));
    builder.environment().put("UNDERSTUDY_STATE", folder.resolve("state").toString());
    builder.redirectOutput(folder.resolve(output + ".out").toFile());
    builder.redirectError(folder.resolve(output + ".err").toFile());
    return builder.start();
  }

  private Path database() {
    return folder.resolve("records.db");
  }

  private List<StoredRecord> stored() throws Exception {
    if (!Files.exists(database())) {
      return List.of();
    }
    try (RecordStore store = RecordStore.open(new DatabaseAddress.Sqlite(database()))) {
      return store.newest(Optional.of("count"), 10_000);
    }
  }

  private StoredRecord await(TestLab lab, String what, Predicate<StoredRecord> wanted)
      throws Exception {
    return Wait.until(
        what,
        PATIENCE_SECONDS,
        () -> lab.evidence() + said("console.err"),
        () -> stored().stream().filter(wanted).findFirst());
  }

  private String said(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  @Test
  void everyFigureOfACheckpointARestoreAndAFailoverIsFound() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    String file = TestLab.relaxed(LAB, FaultsE2E.count(tools));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      lab.awaitWhole("count");
      Process console = command("console", "console", "--lab", LAB);
      try {
        checkCheckpoint(await(lab, "a checkpoint", one -> isCheckpoint(one.record())).record());
        checkRestore(await(lab, "a restore", one -> isRestore(one.record())).record());
        // A busy machine may have moved the workload by now, and may move it once more.
        String former = lab.awaitWhole("count");
        lab.lab.crash(former);
        StoredRecord failover = await(lab, "a failover", one -> isFailover(one.record(), former));
        checkFailover(failover.record(), former);
        await(lab, "the end of the failover", one -> one.protection() != null);
        lab.lab.start(former);
        String active = lab.awaitWhole("count");
        // The copy is held by the third node now; without it the first one gets the next.
        for (String node : lab.nodes()) {
          if (!node.equals(active) && !node.equals(former)) {
            lab.lab.crash(node);
          }
        }
        await(lab, "a record of the restarted node", one -> ofSecondStart(one.record(), former));
        checkCommand(former);
      } finally {
        console.destroy();
        assertThat(console.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(said("console.err")).contains("collected ");
    }
  }

  private static boolean isCheckpoint(NodeRecord record) {
    return record.figures() instanceof Figures.Checkpoint c && c.failure().isEmpty();
  }

  private static boolean isRestore(NodeRecord record) {
    return record.figures() instanceof Figures.Restore r && r.failure().isEmpty();
  }

  private static boolean isFailover(NodeRecord record, String former) {
    return record.figures() instanceof Figures.Failover f
        && f.former().equals(former)
        && !record.node().equals(former);
  }

  private static boolean ofSecondStart(NodeRecord record, String former) {
    return record.node().equals(former) && record.incarnation() == 2;
  }

  private static void checkCheckpoint(NodeRecord record) {
    Figures.Checkpoint c = (Figures.Checkpoint) record.figures();
    assertThat(c.generation()).contains("@" + record.node() + "/");
    assertThat(record.wallMillis()).isBetween(c.composeBeginMillis() - 60_000, c.shipBeginMillis());
    assertThat(c.composeBeginMillis()).isBetween(1_700_000_000_000L, System.currentTimeMillis());
    assertThat(c.shipBeginMillis()).isBetween(c.composeBeginMillis(), System.currentTimeMillis());
    assertThat(c.captureNanos()).isGreaterThan(c.criu().frozenMicros() * 1_000);
    assertThat(c.composeNanos()).isPositive();
    assertThat(c.shipNanos()).isPositive();
    assertThat(c.pauseNanos()).isGreaterThanOrEqualTo(c.criu().frozenMicros() * 1_000);
    assertThat(c.imageBytes()).isGreaterThan(c.criu().pagesWritten() * 4_096);
    assertThat(c.sentBytes()).isPositive();
    assertThat(c.reusedBytes()).isNotNegative();
    CriuDump criu = c.criu();
    assertThat(Arrays.stream(criu.figures()).min().orElseThrow()).isNotNegative();
    assertThat(criu.frozenMicros()).isGreaterThan(criu.memwriteMicros());
    assertThat(criu.memdumpMicros()).isPositive();
    assertThat(criu.pagesScanned()).isGreaterThanOrEqualTo(criu.pagesWritten());
    assertThat(criu.pagesWritten()).isGreaterThan(100);
  }

  private static void checkRestore(NodeRecord record) {
    Figures.Restore r = (Figures.Restore) record.figures();
    assertThat(r.generation()).contains("@").doesNotContain("@" + record.node() + "/");
    assertThat(r.processes()).isPositive();
    CriuRestore criu = r.criu();
    // Any of them may be 0, the time of forking as well.
    assertThat(Arrays.stream(criu.figures()).min().orElseThrow()).as("%s", r).isNotNegative();
    assertThat(criu.restoreMicros()).as("%s", r).isLessThan(r.holdNanos() / 1_000);
    assertThat(criu.pagesRestored()).as("%s", r).isGreaterThan(100);
  }

  private static void checkFailover(NodeRecord record, String former) {
    Figures.Failover f = (Figures.Failover) record.figures();
    // On a busy machine the former active may lose its lease, and release, before its crash.
    assertThat(f.cause()).isIn(Figures.Cause.SILENCE, Figures.Cause.RELEASE);
    assertThat(f.failure()).isEmpty();
    assertThat(f.generation()).contains("@" + former + "/");
    assertThat(f.votes()).isGreaterThanOrEqualTo(2);
    if (f.cause() == Figures.Cause.SILENCE) {
      assertThat(f.silentNanos()).isPositive();
      assertThat(f.suspectedNanos()).isNotNegative();
    }
    assertThat(f.runningNanos()).isBetween(0L, 1_000_000_000L);
    assertThat(f.addressNanos()).isBetween(0L, 1_000_000_000L);
    assertThat(f.stateAgeNanos()).isPositive();
  }

  private void checkCommand(String former) throws Exception {
    Process records =
        command("records", "records", "--json", "--workload", "count", "--limit", "10000");
    assertThat(records.waitFor()).as(said("records.err")).isZero();
    JsonNode all = Json.mapper().readTree(folder.resolve("records.out").toFile());
    assertThat(all.findValuesAsText("kind")).contains("checkpoint", "restore", "failover");
    assertThat(all.findValuesAsText("former")).contains(former);
    Process table = command("table", "records", "--limit", "5");
    assertThat(table.waitFor()).as(said("table.err")).isZero();
    assertThat(said("table.out").lines()).hasSize(6);
  }
}
