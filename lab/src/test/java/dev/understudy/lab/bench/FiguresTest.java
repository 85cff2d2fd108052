// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Arithmetic and parsing beside the measurements. */
class FiguresTest {

  private static List<Double> oneTo(int n) {
    return IntStream.rangeClosed(1, n).mapToObj(i -> (double) (n + 1 - i)).toList();
  }

  @Test
  void percentilesAreMeasuredValuesByNearestRank() {
    assertThat(Figures.of(oneTo(1))).isEqualTo(new Figures(1.0, 1.0, 1.0, 1));
    assertThat(Figures.of(oneTo(20))).isEqualTo(new Figures(10.0, 20.0, 20.0, 20));
    assertThat(Figures.of(oneTo(21))).isEqualTo(new Figures(11.0, 21.0, 21.0, 21));
  }

  @Test
  void below200ValuesTheP99IsTheMaximum() {
    assertThat(Figures.of(oneTo(199)).p99()).isEqualTo(199.0);
    assertThat(Figures.of(oneTo(200)).p99()).isEqualTo(198.0);
    assertThat(Figures.of(oneTo(1000)).p99()).isEqualTo(990.0);
  }

  @Test
  void withoutValuesThereAreNoFigures() {
    assertThat(Figures.of(List.of())).isEqualTo(new Figures(null, null, null, 0));
    assertThatThrownBy(() -> Figures.of(List.of(1.0, Double.NaN)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theShareOfACoreIsReadFromProc() {
    String before = "7 (a) b) S 1 1 1 0 -1 4194560 1 2 3 4 100 20 5 6 20 0 33 0 99 1 2";
    String after = "7 (a) b) S 1 1 1 0 -1 4194560 1 2 3 4 110 25 45 6 20 0 33 0 99 1 2";
    List<String> status = List.of("Name:\tjava", "VmRSS:\t    1024 kB");

    AgentMeter.Reading start = AgentMeter.parsed(0, before, status);
    AgentMeter.Reading end = AgentMeter.parsed(10_000_000_000L, after, status);

    assertThat(end.rssBytes()).isEqualTo(1 << 20);
    assertThat(end.ownPercentSince(start)).isCloseTo(1.5, within(1e-9));
    assertThat(end.childrenPercentSince(start)).isCloseTo(4.0, within(1e-9));
  }

  @Test
  void factsOfTheMachineAreFound() {
    assertThat(Machine.memoryBytes(List.of("MemFree: 1 kB", "MemTotal:       2048 kB")))
        .isEqualTo(2 << 20);
    assertThat(Machine.cpuModel(List.of("processor : 0", "model name\t: A B C")))
        .isEqualTo("A B C");
    assertThat(Machine.cpuModel(List.of())).isEqualTo("unknown");
  }
}
