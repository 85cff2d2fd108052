// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Clock, poller and what wakes it. */
class WaitingTest {
  private static final long MILLI = 1_000_000L;
  private static final int LOOPBACK = 127 << 24 | 1;

  @Test
  void bootClockIsTheKernelsUptime() throws IOException {
    String uptime = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
    long seconds = Clock.bootNanos() / 1_000_000_000L;
    assertThat(seconds).isBetween((long) Double.parseDouble(uptime) - 1, seconds);
    assertThat(seconds).isLessThanOrEqualTo((long) Double.parseDouble(uptime) + 2);
    assertThat(Clock.bootNanos()).isLessThanOrEqualTo(Clock.bootNanos());
  }

  @Test
  void offsetsOfATimeNamespaceAreRead() {
    assertThat(Clock.offsetNanos("monotonic           0         0\nboottime  -5  500000000\n"))
        .isEqualTo(-4_500_000_000L);
    assertThatThrownBy(() -> Clock.offsetNanos("monotonic 0 0\n"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDeadlineEndsTheWaitInTimeAndNotBefore() {
    Poller poller = new Poller(1);
    for (int round = 0; round < 20; round++) {
      long deadline = Clock.bootNanos() + 5 * MILLI;
      assertThat(poller.waitUntil(deadline)).isZero();
      assertThat(Clock.bootNanos()).isBetween(deadline, deadline + 1_000 * MILLI);
    }
    assertThat(poller.waitUntil(Clock.bootNanos() - MILLI)).isZero();
  }

  @Test
  void anEventWakesAWaitWithoutEnd() throws Exception {
    try (EventFd event = EventFd.open()) {
      Poller poller = new Poller(2);
      int index = poller.add(event.fd());
      Thread other = Thread.ofPlatform().start(event::signal);
      assertThat(poller.waitUntil(Poller.FOREVER)).isEqualTo(1);
      assertThat(poller.ready(index)).isTrue();
      other.join();
      event.signal();
      assertThat(event.drain()).isEqualTo(2);
      assertThat(event.drain()).isZero();
      assertThat(poller.waitUntil(0)).isZero();
      assertThat(poller.ready(index)).isFalse();
    }
  }

  @Test
  void aLateMessengerIsHarmless() throws LinuxException {
    EventFd event = EventFd.open();
    event.close();
    event.signal();
    try (EventFd sameNumber = EventFd.open()) {
      event.signal();
      assertThat(sameNumber.drain()).isZero();
    }
  }

  @Test
  void slotsAreReusedAndBounded() throws LinuxException {
    EventFd second = EventFd.open();
    try (EventFd first = EventFd.open()) {
      Poller poller = new Poller(1);
      int index = poller.add(first.fd());
      assertThatThrownBy(() -> poller.add(second.fd()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no room");
      first.signal();
      poller.remove(index);
      assertThat(poller.waitUntil(0)).isZero();
      assertThat(poller.add(second.fd())).isEqualTo(index);
      second.close();
      assertThat(poller.waitUntil(0)).isEqualTo(1);
      assertThatThrownBy(() -> poller.ready(index)).hasMessageContaining("was closed");
    } finally {
      second.close();
    }
  }

  @Test
  void datagramsCarryTheirSender() throws LinuxException {
    try (UdpSocket here = UdpSocket.bind(LOOPBACK, 0);
        UdpSocket there = UdpSocket.bind(LOOPBACK + 1, 0)) {
      ByteBuffer data = ByteBuffer.allocateDirect(64);
      assertThat(there.receive(data)).isEqualTo(-1);
      data.put("beat".getBytes(StandardCharsets.US_ASCII)).flip();
      assertThat(here.send(data, LOOPBACK + 1, there.localPort())).isTrue();
      assertThat(data.remaining()).isEqualTo(4);

      Poller poller = new Poller(1);
      int index = poller.add(there.fd());
      poller.waitUntil(Clock.bootNanos() + 2_000 * MILLI);
      assertThat(poller.ready(index)).isTrue();
      ByteBuffer got = ByteBuffer.allocateDirect(64);
      assertThat(there.receive(got)).isEqualTo(4);
      assertThat(there.lastSenderAddress()).isEqualTo(LOOPBACK);
      assertThat(there.lastSenderPort()).isEqualTo(here.localPort());
      assertThat(StandardCharsets.US_ASCII.decode(got.flip()).toString()).isEqualTo("beat");
      assertThat(there.receive(got.clear())).isEqualTo(-1);
    }
  }

  @Test
  void aDatagramWithoutARouteIsALostOneAndARefusedOneHarmless() throws Exception {
    try (UdpSocket socket = UdpSocket.bind(LOOPBACK, 0)) {
      ByteBuffer data = ByteBuffer.allocateDirect(1);
      assertThat(socket.send(data, 203 << 24 | 113 << 8 | 1, 9)).isFalse();
      assertThat(socket.send(data, LOOPBACK, 1)).isTrue();
      assertThat(socket.receive(ByteBuffer.allocateDirect(8))).isEqualTo(-1);
    }
  }

  @Test
  void sendingAndReceivingAllocatesNothing() throws LinuxException {
    LinuxWarmup.run();
    var bean =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    try (UdpSocket socket = UdpSocket.bind(LOOPBACK, 0)) {
      int port = socket.localPort();
      Poller poller = new Poller(1);
      poller.add(socket.fd());
      ByteBuffer data = ByteBuffer.allocateDirect(256);
      long allocated = Long.MAX_VALUE;
      // The compiler decides when allocations vanish, so a quiet batch must come, not be the first.
      for (int batch = 0; batch < 50 && allocated > 0; batch++) {
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int round = 0; round < 2_000; round++) {
          data.clear();
          socket.send(data, LOOPBACK, port);
          poller.waitUntil(Clock.bootNanos() + MILLI);
          socket.receive(data);
        }
        allocated = bean.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).isZero();
    }
  }
}
