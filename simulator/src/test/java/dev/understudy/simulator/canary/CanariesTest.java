// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator finds every fault that is planted. */
class CanariesTest {
  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private static final Map<String, Future<Hunt.Result>> HUNTS = new TreeMap<>();

  @BeforeAll
  static void hunt() {
    for (Canary canary : Canaries.ALL) {
      HUNTS.put(canary.name(), THREADS.submit(() -> Hunt.of(canary)));
    }
  }

  @AfterAll
  static void end() {
    THREADS.shutdownNow();
  }

  static Stream<String> names() {
    return Canaries.ALL.stream().map(Canary::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isFound(String name) throws InterruptedException, ExecutionException {
    Hunt.Result result = Objects.requireNonNull(HUNTS.get(name)).get();
    Canary canary = result.canary();
    assertThat(result.found()).as("%s, within %s seeds", name, canary.seedsMost()).isTrue();
    assertThat(result.rule()).as("%s: %s", name, result.text()).isIn(canary.found());
  }

  @Test
  void thereAreManyAndEachHasItsName() {
    assertThat(names()).hasSizeGreaterThanOrEqualTo(20).doesNotHaveDuplicates();
  }

  /** Or what the others find would prove nothing. */
  @Test
  void nothingIsFoundWhereNothingIsPlanted() throws StaleCanaryException {
    Canary none = Canary.of("none", "Nothing is wrong.", "FO-1", "none", 1);
    Function<List<String>, String> run = PlantedFault.plant(none);
    for (int seed = 1; seed <= 3; seed++) {
      assertThat(run.apply(List.of("none", "DRAWN", Integer.toString(seed)))).isEmpty();
    }
  }

  @Test
  void aTextThatIsGoneOrStandsTwiceIsStale() {
    Patch gone = Patch.of("Epoch", "what nobody wrote", "");
    assertThatThrownBy(() -> gone.apply("class Epoch {}", "x"))
        .isInstanceOf(StaleCanaryException.class)
        .hasMessageContaining("stands 0 times in protocol/Epoch.java");
    Patch twice = Patch.of("Epoch", "a = b;", "");
    assertThatThrownBy(() -> twice.apply("a = b; a\n = b;", "x"))
        .isInstanceOf(StaleCanaryException.class)
        .hasMessageContaining("stands 2 times");
  }

  @Test
  void linesMayBeBrokenOtherwise() throws StaleCanaryException {
    Patch patch = Patch.of("Epoch", "if (a\n    && b) {", "if ($1) {");
    assertThat(patch.apply("x;\n  if (a && b) { y; }", "x")).isEqualTo("x;\n  if ($1) { y; }");
  }

  @Test
  void whatDoesNotCompileIsStale() {
    Canary broken =
        Canary.of("x", "No Java.", "FO-1", "x", 1, Patch.of("Epoch", "public record Epoch(", "("));
    assertThatThrownBy(() -> PlantedFault.plant(broken))
        .isInstanceOf(StaleCanaryException.class)
        .hasMessageContaining("does not compile");
  }
}
