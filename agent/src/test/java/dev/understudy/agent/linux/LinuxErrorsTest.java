// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LinuxErrorsTest {
  private static final int LOOPBACK = 127 << 24 | 1;

  @Test
  void aFailedCallNamesVerbObjectAndErrno() throws LinuxException {
    try (UdpSocket first = UdpSocket.bind(LOOPBACK, 0)) {
      int port = first.localPort();
      assertThatThrownBy(() -> UdpSocket.bind(LOOPBACK, port))
          .isInstanceOf(LinuxException.class)
          .hasMessage("bind udp 127.0.0.1:" + port + ": EADDRINUSE (98)");
    }
  }

  @Test
  void detailFollowsTheNumber() {
    assertThat(new LinuxException("delete", "v0", 19, "no such thing"))
        .hasMessage("delete v0: ENODEV (19): no such thing");
    assertThat(new LinuxException("unshare", "", 12345)).hasMessage("unshare: errno (12345)");
  }

  @Test
  void bothArchitecturesHaveNumbersAndOthersARefusal() {
    for (Syscall call : Syscall.values()) {
      assertThat(call.numberOn("amd64")).isBetween(0L, 500L);
      assertThat(call.numberOn("aarch64")).isBetween(0L, 500L);
    }
    assertThat(Syscall.BPF.numberOn("amd64")).isEqualTo(321);
    assertThat(Syscall.BPF.numberOn("aarch64")).isEqualTo(280);
    assertThatThrownBy(() -> Syscall.BPF.numberOn("riscv64"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("riscv64");
  }

  @Test
  void closingTwiceIsABrokenInvariant() throws LinuxException {
    Pipe pipe = Pipe.open();
    pipe.close();
    pipe.close();
    int closed = 1_000_000;
    assertThatThrownBy(() -> Kernel.close(closed)).isInstanceOf(IllegalStateException.class);
  }
}
