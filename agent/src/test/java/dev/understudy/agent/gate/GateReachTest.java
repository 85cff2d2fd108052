// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Link;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.MacAddress;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.Root;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A workload cannot get round its gate, and a dead agent's gate does not hold the next one down.
 */
class GateReachTest {
  private static final long SECOND = 1_000_000_000L;

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

  private boolean passes() {
    return wire.tryOne().passed();
  }

  @ParameterizedTest
  @EnumSource
  void framesThatBypassTrafficControlMeetTheGate(Gates kind) throws IOException {
    try (BypassingSender sender = BypassingSender.open(link)) {
      assertThat(wire.tryOne(sender::send).passed()).as("without a gate").isTrue();
      try (OutputGate gate = kind.attach(link)) {
        for (int round = 0; round < 20; round++) {
          assertThat(wire.tryOne(sender::send).passed()).as("shut, round %d", round).isFalse();
        }
        gate.openUntil(Clock.bootNanos() + SECOND);
        assertThat(wire.tryOne(sender::send).passed()).as("open").isTrue();
        gate.shut();
        assertThat(wire.tryOne(sender::send).passed()).as("shut again").isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWorkloadsNamespaceHoldsNothingToTakeAway(Gates kind) throws IOException {
    try (OutputGate gate = kind.attach(link)) {
      wire.warmUp(gate);
      gate.shut();
      Namespaces.runIn(link.host(), GateReachTest::doWhatAnAdministratorCan);
      assertThat(Gates.isShut(link, gate)).isTrue();
      assertThat(passes()).isFalse();
      gate.openUntil(Clock.bootNanos() + 5 * SECOND);
      wire.warmUp(gate);
    }
  }

  private static void doWhatAnAdministratorCan() throws IOException {
    try (Netlink links = Netlink.open()) {
      assertThat(Bpf.programsAtIngress(links.index(Link.HOST_DEVICE))).isEmpty();
      for (String device : new String[] {Link.HOST_DEVICE, Link.NEIGHBOUR_DEVICE}) {
        assertThatThrownBy(() -> Gates.deleteTable(device))
            .isInstanceOf(LinuxException.class)
            .hasMessageContaining("ENOENT");
      }
      links.setDown(Link.HOST_DEVICE);
      links.setHardwareAddress(Link.HOST_DEVICE, new MacAddress(0x02_00_00_00_00_63L));
      links.setUp(Link.HOST_DEVICE);
    }
  }

  /** The earlier agent was killed: its gate is shut, and nobody lets go of it. */
  @ParameterizedTest
  @EnumSource
  void aDeadAgentsGateDoesNotHoldTheNextOneDown(Gates kind) throws IOException {
    OutputGate held = kind.attach(link);
    assertThat(passes()).isFalse();
    try (OutputGate next = Gates.choose(link).gate()) {
      assertThat(Gates.isShut(link, next)).isTrue();
      assertThat(passes()).isFalse();
      wire.warmUp(next);
    }
    switch (kind) {
      case EBPF -> held.close();
      case NFTABLES -> assertThatThrownBy(held::close).hasMessageContaining("ENOENT");
    }
  }

  @Test
  void noTableOutlivesItsDeviceForLong() throws IOException {
    Namespaces.runIn(link.neighbour(), GateReachTest::rebuild);
  }

  private static void rebuild() throws IOException {
    try (Netlink links = Netlink.open()) {
      links.createVeth("g0", "g1");
      OutputGate killed = NftablesGate.attach("g0");
      links.delete("g0");
      links.createVeth("g0", "g1");
      try (OutputGate next = OutputGates.choose("g0").gate()) {
        assertThat(next.kind()).isEqualTo("ebpf");
        assertThatThrownBy(() -> Gates.deleteTable("g0")).hasMessageContaining("ENOENT");
      }
      assertThatThrownBy(killed::close).hasMessageContaining("ENOENT");
      OutputGate last = NftablesGate.attach("g0");
      links.delete("g0");
      last.close();
      assertThatThrownBy(() -> Gates.deleteTable("g0")).hasMessageContaining("ENOENT");
    }
  }
}
