// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.gate.Wire.Trial;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.linux.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputGateTest {
  private static final long MILLI = 1_000_000L;

  @TempDir Path folder;
  private Link link;
  private Wire wire;

  @BeforeEach
  void join() throws IOException {
    Root.assumed();
    link = Link.create(folder);
    wire = new Wire(link);
  }

  @AfterEach
  void part() throws IOException {
    wire.close();
    link.close();
  }

  private GratuitousArp announcer() throws IOException {
    return Namespaces.callIn(link.host(), () -> GratuitousArp.open(Link.HOST_DEVICE, Link.HOST));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("FO-36")
  void nothingLeavesByDefaultNotEvenAnArpReply(Gates kind) throws IOException {
    try (OutputGate gate = kind.attach(link);
        GratuitousArp arp = announcer()) {
      assertThat(Gates.isShut(link, gate)).isTrue();
      for (int round = 0; round < 50; round++) {
        wire.callHost();
        assertThat(wire.tryOne().passed()).isFalse();
        arp.announce();
        wire.waitNanos(MILLI);
      }
      // Flags 0x2 would mean that the neighbour got an answer.
      assertThat(link.arpEntryOfHost()).doesNotContain("0x2");

      gate.openUntil(Clock.bootNanos() + 5_000 * MILLI);
      assertThat(Gates.isShut(link, gate)).isFalse();
      assertThat(arp.announce()).isTrue();
      wire.warmUp(gate);
      assertThat(link.arpEntryOfHost()).contains("0x2");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("FO-36")
  void theGateShutsByItselfAtItsDeadline(Gates kind) throws IOException {
    try (OutputGate gate = kind.attach(link)) {
      wire.warmUp(gate);
      long early = kind.earlyTicks() * Clock.tickNanos();
      long leastEarly = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        long deadline = Clock.bootNanos() + 40 * MILLI;
        gate.openUntil(deadline);
        List<Trial> trials = wire.tryUntil(deadline + 30 * MILLI);
        assertThat(trials)
            .anyMatch(trial -> !trial.passed())
            .allSatisfy(trial -> {
              if (trial.passed()) {
                assertThat(trial.fromNanos()).isLessThan(deadline);
              } else {
                assertThat(trial.toNanos() + Wire.BACKLOG_NANOS)
                    .isGreaterThanOrEqualTo(deadline - early);
              }
            });
        assertThat(Gates.isShut(link, gate)).isTrue();
        long lastPassed =
            trials.stream().filter(Trial::passed).mapToLong(Trial::fromNanos).max().orElse(0);
        leastEarly = Math.min(leastEarly, deadline - lastPassed);
      }
      assertThat(leastEarly).isLessThan(early + MILLI);
    }
  }

  @ParameterizedTest
  @EnumSource
  void renewalsLeaveNoGap(Gates kind) throws Exception {
    try (OutputGate gate = kind.attach(link)) {
      wire.warmUp(gate);
      Renewer renewer = new Renewer(gate);
      Thread thread = Thread.ofPlatform().start(renewer);
      List<Trial> trials = wire.tryUntil(Clock.bootNanos() + 400 * MILLI);
      renewer.stop = true;
      thread.join();
      assertThat(renewer.failure).isNull();
      if (!trials.stream().allMatch(Trial::passed)) {
        assumeTrue(
            renewer.longestGapNanos < Renewer.LEASE_NANOS / 3,
            "the machine kept renewals waiting for " + renewer.longestGapNanos + " ns");
      }
      assertThat(trials).allMatch(Trial::passed).hasSizeGreaterThan(100);
    }
  }

  /** Moves the deadline every millisecond while another thread sends. */
  private static final class Renewer implements Runnable {
    static final long LEASE_NANOS = 60 * MILLI;

    private final OutputGate gate;
    private volatile boolean stop;
    private volatile long longestGapNanos;
    private volatile @Nullable LinuxException failure;

    Renewer(OutputGate gate) {
      this.gate = gate;
    }

    @Override
    public void run() {
      Poller pause = new Poller(1);
      long last = Clock.bootNanos();
      try {
        while (!stop) {
          gate.openUntil(Clock.bootNanos() + LEASE_NANOS);
          long now = Clock.bootNanos();
          longestGapNanos = Math.max(longestGapNanos, now - last);
          last = now;
          pause.waitUntil(now + MILLI);
        }
      } catch (LinuxException e) {
        failure = e;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shuttingWorksAtOnceAndOnlyForNow(Gates kind) throws IOException {
    try (OutputGate gate = kind.attach(link)) {
      wire.warmUp(gate);
      for (int round = 0; round < 20; round++) {
        gate.openUntil(Clock.bootNanos() + 2_000 * MILLI);
        assertThat(wire.tryOne().passed()).isTrue();
        gate.shut();
        assertThat(wire.tryOne().passed()).isFalse();
        assertThat(Gates.isShut(link, gate)).isTrue();
      }
      gate.shut();
      gate.openUntil(Clock.bootNanos() - MILLI);
      assertThat(wire.tryOne().passed()).isFalse();
      gate.openUntil(Long.MIN_VALUE / 2);
      assertThat(wire.tryOne().passed()).isFalse();
      assertThat(Gates.isShut(link, gate)).isTrue();
    }
    assertThat(wire.tryOne().passed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  @Tag("FO-36")
  void attachingAgainShutsWhatAnEarlierAgentOpened(Gates kind) throws IOException {
    try (OutputGate earlier = kind.attach(link)) {
      wire.warmUp(earlier);
      earlier.openUntil(Clock.bootNanos() + 5_000 * MILLI);
      assertThat(wire.tryOne().passed()).isTrue();
      try (OutputGate gate = kind.attach(link)) {
        assertThat(Gates.isShut(link, gate)).isTrue();
        assertThat(wire.tryOne().passed()).isFalse();
        // Were the earlier one still there, shut, this would not pass.
        earlier.shut();
        gate.openUntil(Clock.bootNanos() + 1_000 * MILLI);
        assertThat(wire.tryOne().passed()).isTrue();
      }
    }
  }

  @Test
  void aGateThatWasTakenAwayIsNotCalledShut() throws Exception {
    OutputGate flushed = Gates.NFTABLES.attach(link);
    assertThat(Gates.isShut(link, flushed)).isTrue();
    Namespaces.runIn(link.neighbour(), () -> Gates.deleteTable(Link.NEIGHBOUR_DEVICE));
    assertThat(Gates.isShut(link, flushed)).isFalse();
    assertThatThrownBy(() -> flushed.openUntil(Clock.bootNanos() + 1_000 * MILLI))
        .isInstanceOf(LinuxException.class)
        .hasMessageStartingWith("nftables: open the gate of v1: ENOENT (2)");
    assertThatThrownBy(flushed::close).isInstanceOf(LinuxException.class);

    try (OutputGate earlier = Gates.EBPF.attach(link);
        OutputGate gate = Gates.EBPF.attach(link)) {
      assertThat(Gates.isShut(link, earlier)).isFalse();
      assertThat(Gates.isShut(link, gate)).isTrue();
    }
  }

  @Test
  void theBestGateIsChosenAndSaid() throws IOException {
    OutputGates.Choice choice = Gates.choose(link);
    try (OutputGate gate = choice.gate()) {
      assertThat(gate.kind()).isEqualTo("ebpf");
      assertThat(choice.why())
          .startsWith("ebpf gate at the ingress of v1 (")
          .endsWith("absolute deadline");
    }
    choice =
        OutputGates.choose(
            Link.NEIGHBOUR_DEVICE,
            () -> {
              throw new LinuxException("bpf", "create map", 1);
            },
            () -> Gates.NFTABLES.attach(link));
    try (OutputGate gate = choice.gate()) {
      assertThat(gate.kind()).isEqualTo("nftables");
      assertThat(choice.why())
          .isEqualTo(
              "nftables gate at the ingress of v1, "
                  + "because eBPF is refused: bpf create map: EPERM (1)");
    }
    assertThatThrownBy(() -> OutputGates.choose("none"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no output gate on none")
        .hasMessageContaining("ENODEV");
  }

  /** What it left on the device would drop everything behind any other gate as well. */
  @Test
  void noOtherGateStandsBehindOneThatCannotBeTakenAway() {
    assertThatThrownBy(() ->
            OutputGates.choose(
                Link.NEIGHBOUR_DEVICE,
                () -> {
                  throw new IOException("cannot be detached");
                },
                () -> {
                  throw new AssertionError("nobody may ask for another one");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot be detached");
  }

  @Test
  void theVerifiersWordsAreInTheError() {
    long exitWithoutResult = 0x95;
    assertThatThrownBy(() -> Bpf.loadProgram(new long[] {exitWithoutResult}, "broken"))
        .isInstanceOf(LinuxException.class)
        .hasMessageStartingWith("bpf load program broken: EACCES (13): ")
        .hasMessageContaining("R0 !read_ok");
  }
}
