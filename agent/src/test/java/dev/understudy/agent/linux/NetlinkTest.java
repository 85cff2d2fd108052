// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetlinkTest {
  private static final MacAddress OTHER = new MacAddress(0x02_00_00_00_00_63L);

  @TempDir Path folder;

  @BeforeEach
  void root() throws IOException {
    Root.assumed();
  }

  @Test
  void linksAreMadeChangedAndDeleted() throws IOException {
    try (Link link = Link.create(folder)) {
      Namespaces.runIn(link.host(), NetlinkTest::exerciseLinks);
    }
  }

  private static void exerciseLinks() throws IOException {
    try (Netlink netlink = Netlink.open()) {
      netlink.createBridge("br0");
      netlink.createVeth("a0", "a1");
      assertThat(netlink.exists("a1")).isTrue();
      assertThat(netlink.isUp("a0")).isFalse();
      netlink.setUp("a0");
      assertThat(netlink.isUp("a0")).isTrue();
      netlink.setDown("a0");
      assertThat(netlink.isUp("a0")).isFalse();
      netlink.setMaster("a0", "br0");
      assertThatThrownBy(() -> netlink.setMaster("a0", "a1"))
          .isInstanceOf(LinuxException.class)
          .hasMessageStartingWith("put a0 into a1: ");
      netlink.clearMaster("a0");
      netlink.setHardwareAddress("a0", OTHER);
      assertThat(netlink.macAddress("a0")).isEqualTo(OTHER);
      assertThat(OTHER.toString()).isEqualTo("02:00:00:00:00:63");
      netlink.setMtu("a0", 1400);
      netlink.addAddress("a0", Link.HOST + 256, 24);
      netlink.setUp("a0");
      netlink.setUp("a1");
      netlink.addDefaultRoute(Link.HOST + 257);
      Path routes = Path.of("/proc/thread-self/net/route");
      assertThat(Files.readString(routes)).contains("a0\t00000000\t");
      int gateway = Link.HOST + 257;
      netlink.addRoute(10 << 24 | 1 << 16, 24, OptionalInt.of(gateway), "a0");
      netlink.addRoute(10 << 24 | 2 << 16, 16, OptionalInt.empty(), "a0");
      // Addresses are as they stand in memory, on a little-endian machine from the right.
      assertThat(Files.readString(routes))
          .containsPattern("a0\\t0000010A\\t[0-9A-F]*[1-9A-F][0-9A-F]*\\t0003\\t.*\\t00FFFFFF\\t")
          .containsPattern("a0\\t0000020A\\t00000000\\t0001\\t.*\\t0000FFFF\\t");
      netlink.delete("a0");
      assertThat(netlink.exists("a1")).isFalse();
      assertThatThrownBy(() -> netlink.index("a0"))
          .isInstanceOf(LinuxException.class)
          .hasMessage("look up link a0: ENODEV (19)");
      assertThatThrownBy(() -> netlink.createBridge("br0"))
          .hasMessageContaining("create bridge br0: EEXIST (17)");
    }
  }

  @Test
  void theKernelsOwnWordsAreInTheError() throws IOException {
    try (Link link = Link.create(folder)) {
      Namespaces.runIn(
          link.host(),
          () -> {
            try (Netlink netlink = Netlink.open()) {
              assertThatThrownBy(() -> netlink.addAddress("lo", Link.HOST, 77))
                  .isInstanceOf(LinuxException.class)
                  .hasMessageMatching("add address 10.99.0.1/77 to lo: EINVAL \\(22\\): .*refix.*");
            }
          });
    }
  }

  @Test
  void aLinkMovesBetweenNamespaces() throws IOException {
    try (Link link = Link.create(folder)) {
      Namespaces.runIn(
          link.host(),
          () -> {
            try (Netlink netlink = Netlink.open()) {
              netlink.createVeth("a0", "a1", ProcessHandle.current().pid());
              netlink.delete("a0");
              netlink.createVeth("b0", "b1");
              netlink.move("b1", link.neighbour());
              assertThat(netlink.exists("b1")).isFalse();
            }
          });
      boolean arrived =
          Namespaces.callIn(
              link.neighbour(),
              () -> {
                try (Netlink netlink = Netlink.open()) {
                  return netlink.exists("b1");
                }
              });
      assertThat(arrived).isTrue();
    }
  }

  @Test
  void anAnnouncementMovesTheNeighboursEntry() throws IOException {
    try (Link link = Link.create(folder)) {
      try (UdpSocket socket = link.neighbourSocket(7000)) {
        Poller pause = new Poller(1);
        long deadline = Clock.bootNanos() + 5_000_000_000L;
        while (!link.arpEntryOfHost().contains("0x2") && Clock.bootNanos() < deadline) {
          socket.send(ByteBuffer.allocate(1), Link.HOST, 7000);
          pause.waitUntil(Clock.bootNanos() + 5_000_000);
        }
      }
      assertThat(link.arpEntryOfHost()).doesNotContain(OTHER.toString()).contains("0x2");
      try (GratuitousArp arp =
          Namespaces.callIn(
              link.host(),
              () -> {
                try (Netlink netlink = Netlink.open()) {
                  netlink.setHardwareAddress(Link.HOST_DEVICE, OTHER);
                }
                return GratuitousArp.open(Link.HOST_DEVICE, Link.HOST);
              })) {
        assertThat(arp.announce()).isTrue();
      }
      assertThat(link.arpEntryOfHost()).contains(OTHER.toString()).contains("0x2");
    }
  }
}
