// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.linux.Signals;
import dev.understudy.agent.runtime.ProcessTree;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** A stopped process that listens takes connections, until its listening is ended from outside. */
class ListenersTest {
  private static final String LISTEN =
      "use IO::Socket::INET; $| = 1; my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',"
          + " Listen => 8) or die $!; print $s->sockport, \"\\n\"; sleep 60;";

  @Test
  void aStoppedProcessTakesNoMoreConnections() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "skipped: needs ptrace rights");
    Process process = new ProcessBuilder("perl", "-e", LISTEN).start();
    try (var said = process.inputReader()) {
      int port = Integer.parseInt(said.readLine());
      ProcessTree tree = new ProcessTree(Math.toIntExact(process.pid()));
      Signals.kill(process.pid(), Signals.SIGSTOP);
      try (Socket taken = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(taken.isConnected()).isTrue();
        Listeners.shut(tree);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
            .isInstanceOf(ConnectException.class);
      }
      assertThat(tree.alive()).isTrue();
      tree.kill();
      assertThat(process.waitFor()).isEqualTo(128 + Signals.SIGKILL);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
