// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.linux.Clock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The probe against real sockets on the loopback. */
class ProbeTest {
  private static final int LOOPBACK = 0x7f00_0001;

  private static long count(Samples samples, Verdict verdict) {
    return IntStream.range(0, samples.size()).filter(r -> samples.verdict(r) == verdict).count();
  }

  @Test
  void asksOnTimeAndReadsTheCounter() throws Exception {
    try (CountProcess count = CountProcess.start();
        Probe probe = Probe.start(LOOPBACK, count.port(), Probe.Place.HERE)) {
      TimeUnit.MILLISECONDS.sleep(500); // until compiled
      long cpuBefore = probeCpuNanos();
      long startNanos = Clock.bootNanos();
      probe.forget();
      TimeUnit.MILLISECONDS.sleep(2000);
      Samples samples = probe.samples();
      double elapsed = Clock.bootNanos() - startNanos;
      double share = (probeCpuNanos() - cpuBefore) / elapsed;

      System.err.printf(
          "probe: %d requests in %.0f ms, %.1f %% of a core%n",
          samples.size(), elapsed / 1e6, share * 100);
      assertThat((double) samples.size())
          .isBetween(0.8 * elapsed / Probe.PERIOD_NANOS, elapsed / Probe.PERIOD_NANOS + 2);
      assertThat(count(samples, Verdict.GOOD)).isGreaterThan(samples.size() * 9L / 10);
      assertThat(probe.lastCounter()).isGreaterThanOrEqualTo(15);
      assertThat(share).as("share of a core").isLessThan(0.25);
    }
  }

  private static long probeCpuNanos() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("probe"))
        .mapToLong(t -> ManagementFactory.getThreadMXBean().getThreadCpuTime(t.threadId()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aStopOfTheProgramIsAGapAndDoesNotDelayRequests() throws Exception {
    try (CountProcess count = CountProcess.start();
        Probe probe = Probe.start(LOOPBACK, count.port(), Probe.Place.HERE)) {
      TimeUnit.MILLISECONDS.sleep(500);
      probe.forget();
      TimeUnit.MILLISECONDS.sleep(200);
      count.signal("STOP");
      long stoppedNanos = Clock.bootNanos();
      TimeUnit.MILLISECONDS.sleep(300);
      long continuedNanos = Clock.bootNanos();
      count.signal("CONT");
      TimeUnit.MILLISECONDS.sleep(300);

      Outage outage =
          new OutageAnalysis(probe.samples())
              .outage(new Fault("x", stoppedNanos, stoppedNanos), OptionalLong.empty());

      assertThat(outage).isInstanceOf(Outage.Ended.class);
      Outage.Ended ended = (Outage.Ended) outage;
      assertThat(ended.gap().nanos()).isGreaterThan(continuedNanos - stoppedNanos);
      assertThat(ended.gap().nanos()).isLessThan(700_000_000L);
      assertThat(ended.failures().getOrDefault(Verdict.ANSWER_TIMEOUT, 0)).isGreaterThan(60);
      assertThat(ended.slowestSendNanos()).isLessThan(100_000_000L);
    }
  }

  @Test
  void aServerThatNeverAnswersDoesNotDelayRequests() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 4000, InetAddress.getLoopbackAddress());
        Probe probe = Probe.start(LOOPBACK, silent.getLocalPort(), Probe.Place.HERE)) {
      TimeUnit.MILLISECONDS.sleep(600);

      Samples samples = probe.samples();
      assertThat(samples.size()).isGreaterThan(200);
      assertThat(count(samples, Verdict.ANSWER_TIMEOUT)).isGreaterThan(150);
      assertThat(count(samples, Verdict.NOT_SENT)).isZero();
      assertThat(probe.lastGoodNanos()).isEqualTo(Long.MIN_VALUE);
    }
  }

  @Test
  void nobodyThereIsRefused() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Probe probe = Probe.start(LOOPBACK, port, Probe.Place.HERE)) {
      TimeUnit.MILLISECONDS.sleep(200);
      Samples samples = probe.samples();
      assertThat(count(samples, Verdict.CONNECT_REFUSED)).isGreaterThan(20);
    }
  }

  @Test
  void aBrokenProbeSaysSoInsteadOfReportingAnOutage() throws Exception {
    Probe.Place nowhere =
        body -> {
          throw new IOException("no such namespace");
        };
    try (Probe probe = Probe.start(LOOPBACK, 1, nowhere)) {
      TimeUnit.MILLISECONDS.sleep(100);
      assertThatThrownBy(probe::samples)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no such namespace");
    }
  }
}
