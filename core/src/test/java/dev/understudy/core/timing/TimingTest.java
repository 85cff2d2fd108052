// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The arithmetic of times as a table of numbers. Times in the tables are microseconds. */
class TimingTest {
  private static final List<Timing> PROFILES = Timing.PROFILES;

  private static Timing micros(
      long beat, long lease, long window, long stagger, long lateness, long roundTrip, long ppm) {
    return new Timing(
        "test",
        beat * 1000,
        lease * 1000,
        window * 1000,
        stagger * 1000,
        lateness * 1000,
        roundTrip * 1000,
        ppm);
  }

  @ParameterizedTest
  @FieldSource("PROFILES")
  void aProfileKeepsEveryRuleAndIsFoundByItsName(Timing profile) {
    assertThat(profile.violations()).isEmpty();
    assertThat(Timing.named(profile.profile())).contains(profile);
  }

  @Test
  void profilesHaveNamesOfTheirOwn() {
    assertThat(PROFILES.stream().map(Timing::profile))
        .containsExactlyInAnyOrder("standard", "fast", "relaxed", "wide");
    assertThat(Timing.named("Standard")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // profile, beat, lease, window, stagger, lateness, round trip, drift
    "standard, 5000, 30000, 20000, 6000, 3000, 1000, 500",
    "fast, 3000, 20000, 12000, 5000, 3000, 1000, 500",
    "relaxed, 50000, 400000, 250000, 20000, 14000, 6000, 500",
    "wide, 250000, 2000000, 1250000, 100000, 60000, 40000, 500",
  })
  void profilesAreTheDesigned(
      String name,
      long beat,
      long lease,
      long window,
      long stagger,
      long late,
      long trip,
      long ppm) {
    Timing expected = micros(beat, lease, window, stagger, late, trip, ppm);
    assertThat(Timing.named(name).orElseThrow())
        .usingRecursiveComparison()
        .ignoringFields("profile")
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // profile, then nanoseconds: promise, late threshold, gate margin, worst election
    "standard, 30030016, 5000000, 1000000, 35030016",
    "fast, 20020011, 5000000, 1000000, 25020011",
    "relaxed, 400400201, 21000000, 13333333, 426400201",
    "wide, 2002001001, 90000000, 66666666, 2142001001",
  })
  @Tag("FO-2")
  void derivedTimes(String name, long promise, long late, long margin, long worst) {
    Timing timing = Timing.named(name).orElseThrow();
    assertThat(timing.promiseNanos()).isEqualTo(promise);
    assertThat(timing.lateThresholdNanos()).isEqualTo(late);
    assertThat(timing.gateMarginNanos()).isEqualTo(margin);
    assertThat(timing.worstElectionNanos()).isEqualTo(worst);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // beat|lease|window|stagger|lateness|round trip|violation, at a rule's bound and beyond it
        "5000|30000|20000|4000|3000|1000|",
        "5000|30000|20000|3999|3000|1000|stagger 3.999 ms is too short: at least lateness + round"
            + " trip = 4 ms",
        "5200|30000|19800|6000|3000|1000|",
        "5201|30000|19799|6000|3000|1000|beat 5.201 ms is too long for lease 30 ms: at most"
            + " (lease - lateness - round trip)/5 = 5.2 ms",
        "5000|30000|13000|6000|3000|1000|",
        "5000|30000|12999|6000|3000|1000|window 12.999 ms is too short: at least 2 beats +"
            + " lateness = 13 ms",
        "5000|30000|20001|6000|3000|1000|window 20.001 ms is too long: window + 2 round trips +"
            + " lateness = 25.001 ms must not exceed lease - beat = 25 ms",
        "1|5|2|1|0|0|",
        "0|30000|20000|6000|3000|1000|beat, lease, window and stagger must all be above zero",
        "5000|0|20000|6000|3000|1000|beat, lease, window and stagger must all be above zero",
        "5000|30000|-1|6000|3000|1000|beat, lease, window and stagger must all be above zero",
        "5000|30000|20000|0|3000|1000|beat, lease, window and stagger must all be above zero",
        "5000|30000|20000|6000|-1|1000|lateness and round trip must not be negative, drift must"
            + " lie in 0..99999 ppm",
        "5000|30000|20000|6000|3000|-1|lateness and round trip must not be negative, drift must"
            + " lie in 0..99999 ppm",
      })
  @Tag("FO-2")
  void oneRuleAtATime(
      long beat,
      long lease,
      long window,
      long stagger,
      long late,
      long trip,
      @Nullable String violation) {
    List<String> found = micros(beat, lease, window, stagger, late, trip, 500).violations();
    assertThat(found).isEqualTo(violation == null ? List.of() : List.of(violation));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "99999, 0", "-1, 1", "100000, 1"})
  @Tag("FO-2")
  void driftIsBounded(long driftPpm, int violations) {
    assertThat(micros(5000, 30000, 20000, 6000, 3000, 1000, driftPpm).violations())
        .hasSize(violations);
  }

  @Test
  void everyBrokenRuleIsSaid() {
    assertThat(micros(20000, 30000, 25000, 3000, 3000, 1000, 500).violations()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    // lease in ns, drift, promise in ns: rounded up, never down
    "1, 0, 1",
    "1, 1, 2",
    "1000000, 0, 1000000",
    "1000000, 500, 1001001",
    "60000000000, 99999, 73333185186",
  })
  @Tag("FO-2")
  void promises(long leaseNanos, long driftPpm, long promiseNanos) {
    Timing timing = new Timing("test", 1, leaseNanos, 1, 1, 0, 0, driftPpm);
    assertThat(timing.promiseNanos()).isEqualTo(promiseNanos);
  }

  /** Fast voter, slow active: measured in true time the promise still ends after the lease. */
  @Test
  @Tag("FO-2")
  void aPromiseOutlivesItsLeaseOnTheWorstPairOfClocks() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long lease = 1 + random.nextLong(60_000_000_000L);
      long drift = random.nextLong(100_000);
      BigInteger promise =
          BigInteger.valueOf(new Timing("test", 1, lease, 1, 1, 0, 0, drift).promiseNanos());
      BigInteger million = BigInteger.valueOf(1_000_000);
      BigInteger fast = million.add(BigInteger.valueOf(drift));
      BigInteger slow = million.subtract(BigInteger.valueOf(drift));
      BigInteger needed = BigInteger.valueOf(lease).multiply(fast);
      assertThat(promise.multiply(slow)).isGreaterThanOrEqualTo(needed);
      assertThat(promise.subtract(BigInteger.ONE).multiply(slow)).isLessThan(needed);
    }
  }
}
