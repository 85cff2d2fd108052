// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.ScriptedStage.Mishap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Counting of trials on virtual time. */
class BenchTest {
  private static final Machine MACHINE =
      new Machine(2, 24L << 30, "6.18", "a processor", "25", "4.2.1", "unknown", "2026-01-01");

  private final long[] now = {1_000_000_000L};
  private final List<ScriptedStage> opened = new ArrayList<>();
  private final List<String> progress = new ArrayList<>();

  private static CountCluster size(long mebibytes) {
    return new CountCluster(
        Path.of("/python"),
        Path.of("/usr"),
        Path.of("/count.py"),
        mebibytes << 20,
        Timing.STANDARD,
        WorkloadSpec.Strategy.MIRROR,
        1_000_000_000L);
  }

  private ScriptedStage open() {
    ScriptedStage stage = new ScriptedStage(now);
    opened.add(stage);
    return stage;
  }

  /** All stages share one virtual clock, whose pauses the newest stage plays. */
  private final Time time =
      new Time() {
        @Override
        public long bootNanos() {
          return now[0];
        }

        @Override
        public void pause(long nanos) {
          opened.getLast().pause(nanos);
        }
      };

  private static BenchOptions options(int runs, CountCluster... sizes) {
    return new BenchOptions(List.of(sizes), runs, 42, Optional.empty());
  }

  private BenchReport bench(BenchOptions options) throws Exception {
    return new Bench(cluster -> open(), time, progress::add).run(options, MACHINE);
  }

  @Test
  void aRowForEachSizeWithAllItsRuns() throws Exception {
    BenchReport report = bench(options(3, size(8), size(256)));

    assertThat(report.rows())
        .extracting(BenchReport.Row::memoryBytes)
        .containsExactly(8L << 20, 256L << 20);
    assertThat(report.rows())
        .allSatisfy(row -> {
          assertThat(row.runs()).isEqualTo(3);
          assertThat(row.recovered()).isEqualTo(3);
          assertThat(row.outageMs().values()).isEqualTo(3);
          assertThat(row.detectionMs().p50()).isEqualTo(26.0);
          assertThat(row.failures()).isEmpty();
        });
    assertThat(report.agents()).isEmpty();
    assertThat(report.allRecovered()).isTrue();
    assertThat(opened).hasSize(2).allSatisfy(stage -> assertThat(stage.closed).isTrue());
    assertThat(progress).anySatisfy(line -> assertThat(line).contains("warm-up, not counted"));
  }

  @Test
  void agentsAreWatchedWithoutAndWithCheckpoints() throws Exception {
    BenchOptions.Watch watch = new BenchOptions.Watch(1_000_000_000L, 1_000_000_000L);
    BenchReport report =
        bench(new BenchOptions(List.of(size(8), size(256)), 1, 42, Optional.of(watch)));

    assertThat(report.agents())
        .extracting(BenchReport.AgentRow::strategy)
        .containsExactly("restart", "restart", "restart", "mirror", "mirror", "mirror");
    assertThat(report.agents()).allSatisfy(row -> assertThat(row.rssBytes()).isPositive());
    assertThat(BenchTable.lines(report)).anyMatch(line -> line.startsWith("mirror    a"));
  }

  @Test
  void theSeedRepeatsThePhases() throws Exception {
    BenchReport first = bench(options(5, size(8)));
    now[0] = 1_000_000_000L;
    BenchReport second = bench(options(5, size(8)));

    assertThat(second.rows()).isEqualTo(first.rows());
  }

  @Test
  void aRunWithoutAnswerCountsAsFailedAndTheNextGetsANewLab() throws Exception {
    Stage.Opener opener =
        cluster -> {
          ScriptedStage stage = open();
          // The first lab survives its warm-up and one run.
          stage.mishap = Mishap.NONE;
          return opened.size() > 1 ? stage : new FailsAtCrash(stage, 3);
        };

    BenchReport report = new Bench(opener, time, progress::add).run(options(4, size(8)), MACHINE);

    BenchReport.Row row = report.rows().getFirst();
    assertThat(row.runs()).isEqualTo(4);
    assertThat(row.recovered()).isEqualTo(3);
    assertThat(row.outageMs().values()).isEqualTo(3);
    assertThat(row.failures())
        .containsExactly("run 2 of 4: no good answer came after the crash of node a within 15 s");
    assertThat(report.allRecovered()).isFalse();
    assertThat(opened).hasSize(2);
    assertThat(BenchTable.lines(report))
        .anySatisfy(line -> assertThat(line).contains("3 of 4 runs recovered"))
        .anySatisfy(line -> assertThat(line).contains("not recovered: run 2 of 4"))
        .anySatisfy(line -> assertThat(line).contains("p99 is the maximum"));
  }

  @Test
  void aLostStateCountsWithItsValues() throws Exception {
    Stage.Opener opener =
        cluster -> {
          ScriptedStage stage = open();
          stage.mishap = Mishap.COLD_START;
          return stage;
        };

    BenchReport report = new Bench(opener, time, progress::add).run(options(2, size(8)), MACHINE);

    BenchReport.Row row = report.rows().getFirst();
    assertThat(row.recovered()).isZero();
    assertThat(row.outageMs().values()).as("discards nothing").isEqualTo(2);
    assertThat(row.ticksLost().max()).isGreaterThan(10);
    assertThat(row.failures()).hasSize(2);
  }

  @Test
  void aClusterThatNeverWorksIsAnErrorAndNoRow() {
    Stage.Opener opener =
        cluster -> {
          throw new TrialException("nothing starts here", List.of());
        };

    assertThatThrownBy(
            () -> new Bench(opener, time, progress::add).run(options(2, size(8)), MACHINE))
        .isInstanceOf(TrialException.class)
        .hasMessage("nothing starts here");
  }
}
